"""JupyterHub for one class on one machine: `jupyterhub -f deploy/jupyterhub_config.py`, as root.

Every student has an account of their own on the machine (made at the first start with a name in
`KETALAB_STUDENTS`), so the operating system keeps their files apart. Each server and each kernel
has a ceiling on its memory, and idle ones are stopped. What can be set is read from the environment;
the guide (`make guide`, *How large a machine*) says what to set it to. What cannot work is refused at the
start, in one sentence.
"""

import asyncio
import os
import pwd
import sys
from pathlib import Path

from jupyterhub.auth import PAMAuthenticator

sys.path.insert(0, str(Path(__file__).parent))
from before_class import can, must_be_root, must_reach, names, number, own_folder, proxy_command
from course_files import FOLDER, copy_course  # both stand beside this file

COURSE = Path(os.environ.get("KETALAB_COURSE", Path(__file__).resolve().parents[1])).absolute()
BIN = Path(sys.executable).parent
HOMES = Path(os.environ.get("KETALAB_HOMES", "/home"))
STATE = Path(os.environ.get("KETALAB_STATE", "/var/lib/ketalab-hub"))
RUN = Path(os.environ.get("KETALAB_RUN", "/run/ketalab-hub"))
ADDRESS = os.environ.get("KETALAB_ADDRESS", "127.0.0.1")  # a web server with TLS stands in front
MEMORY_GB = number("KETALAB_MEMORY_GB", 6, 1, 4096)
IDLE_MINUTES = number("KETALAB_IDLE_MINUTES", 60, 0.2, 7 * 24 * 60)
PORT = int(number("KETALAB_PORT", 8000, 1, 65533))
STUDENTS, TEACHERS = names("KETALAB_STUDENTS"), names("KETALAB_TEACHERS")

must_be_root()
needed = {
    "the lessons": COURSE / "notebooks",
    "the data": COURSE / "data",
    "Python": Path(sys.executable),
    "JupyterHub": BIN / "jupyterhub-singleuser",
    "what copies the lessons": Path(__file__).with_name("course_files.py").resolve(),
}
own_folder("KETALAB_STATE", STATE, 0o700)
own_folder("KETALAB_RUN", RUN, 0o711)
must_reach(
    [*STUDENTS.values(), *TEACHERS.values()], needed, {"their homes": HOMES, "their servers' files": RUN}
)

c = get_config()  # noqa: F821 - JupyterHub provides it

c.JupyterHub.bind_url = f"http://{ADDRESS}:{PORT}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{PORT + 1}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{PORT + 2}"
c.ConfigurableHTTPProxy.command = proxy_command(COURSE)
c.ConfigurableHTTPProxy.pid_file = str(STATE / "proxy.pid")
c.JupyterHub.db_url = f"sqlite:///{STATE / 'hub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(STATE / "cookie_secret")
c.JupyterHub.cleanup_servers = True
c.JupyterHub.concurrent_spawn_limit = 10  # forty students arrive in the same minute


class AsListed(PAMAuthenticator):
    """The machine's own log-in, for names typed with or without capitals."""

    async def authenticate(self, handler, data):
        account = self.normalize_username(data["username"])
        return await super().authenticate(handler, {**data, "username": account})


# Who: the names on the list, each with the password of their account on this machine.
c.JupyterHub.authenticator_class = AsListed
c.Authenticator.allowed_users = set(STUDENTS.values())
c.Authenticator.admin_users = set(TEACHERS.values())
c.Authenticator.username_map = {**STUDENTS, **TEACHERS}
c.LocalAuthenticator.create_system_users = True
private = ["-K", "HOME_MODE=0700", "-K", "UMASK=077"]
c.LocalAuthenticator.add_user_cmd = ["useradd", "--create-home", "--base-dir", str(HOMES), *private]
c.PAMAuthenticator.open_sessions = False

# What: JupyterLab on the student's own copy of the course, under a memory ceiling.
ceiling = f"--as={int(MEMORY_GB * 2**30)}"
c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
c.Spawner.cmd = ["prlimit", ceiling, str(BIN / "jupyterhub-singleuser")]
IDLE_SECONDS = round(IDLE_MINUTES * 60)
HEARD_EVERY = max(
    3, min(300, IDLE_SECONDS // 4)
)  # s; a hand at work is known long before it counts as idle
c.Spawner.environment = {
    "KETALAB_DATA": str(COURSE / "data"),
    # what a running server writes has a place of its own, so that it starts when the student's disk is full
    "JUPYTER_RUNTIME_DIR": lambda spawner: str(RUN / spawner.user.name),
    "JUPYTERHUB_ACTIVITY_INTERVAL": str(HEARD_EVERY),
    # one thread each: forty kernels that each start as many threads as there are cores help nobody
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
}
c.Spawner.http_timeout = c.Spawner.start_timeout = 120


async def give_course(spawner) -> None:
    """Before a student's server starts: new lessons arrive, the student's own work stays.

    Nothing that lies in the student's home keeps the server from starting. When the folder of the course
    cannot be had, it opens on their home, and when that is closed, on an empty place.
    """
    account = pwd.getpwnam(spawner.user.name)
    place = RUN / account.pw_name  # root's own folder: no student can put anything in its place
    place.mkdir(mode=0o700, exist_ok=True)
    os.chown(place, account.pw_uid, account.pw_gid)
    for line in await asyncio.to_thread(copy_course, COURSE / "notebooks", account.pw_name):
        spawner.log.warning("%s: %s", account.pw_name, line)
    home = Path(account.pw_dir)
    spawner.notebook_dir, spawner.default_url = str(place), "/lab"
    for folder, page in ((home / FOLDER, "/lab/tree/notebooks/00_start_here.ipynb"), (home, "/lab")):
        if await asyncio.to_thread(lambda at=folder: can(account, "-r", at) and can(account, "-x", at)):
            spawner.notebook_dir, spawner.default_url = str(folder), page
            return


c.Spawner.pre_spawn_hook = give_course

# A server is idle when its student's page has asked for nothing so long. The hub hears of requests, saves
# and runs four times in that time, so nobody who works is stopped.
c.JupyterHub.last_activity_interval = HEARD_EVERY
culler = [sys.executable, "-m", "jupyterhub_idle_culler", f"--timeout={IDLE_SECONDS}"]
c.JupyterHub.services = [{"name": "idle-culler", "command": culler}]
scopes = ["list:users", "read:users:activity", "read:servers", "delete:servers"]
c.JupyterHub.load_roles = [{"name": "idle-culler", "services": ["idle-culler"], "scopes": scopes}]
