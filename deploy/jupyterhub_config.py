"""JupyterHub for one class on one machine: `jupyterhub -f deploy/jupyterhub_config.py`, as root.

Every student has an account of their own on the machine (made at the first log-in of a name in
`KETALAB_STUDENTS`), so the operating system keeps their files apart. Each server and each kernel
has a ceiling on its memory, and idle ones are stopped. What can be set is read from the environment;
TEACHING.md says what to set it to.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from course_files import copy_course  # stands beside this file

COURSE = Path(os.environ.get("KETALAB_COURSE", Path(__file__).resolve().parents[1]))
BIN = Path(sys.executable).parent
HOMES = os.environ.get("KETALAB_HOMES", "/home")
MEMORY_GB = float(os.environ.get("KETALAB_MEMORY_GB", "6"))
IDLE_MINUTES = float(os.environ.get("KETALAB_IDLE_MINUTES", "60"))
STATE = Path(os.environ.get("KETALAB_STATE", "/var/lib/ketalab-hub"))
PORT = int(os.environ.get("KETALAB_PORT", "8000"))
ADDRESS = os.environ.get("KETALAB_ADDRESS", "127.0.0.1")  # a web server with TLS stands in front

c = get_config()  # noqa: F821 - JupyterHub provides it

STATE.mkdir(parents=True, exist_ok=True, mode=0o700)
c.JupyterHub.bind_url = f"http://{ADDRESS}:{PORT}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{PORT + 1}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{PORT + 2}"
c.ConfigurableHTTPProxy.command = [str(COURSE / "node_modules/.bin/configurable-http-proxy")]
c.ConfigurableHTTPProxy.pid_file = str(STATE / "proxy.pid")
c.JupyterHub.db_url = f"sqlite:///{STATE / 'hub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(STATE / "cookie_secret")
c.JupyterHub.cleanup_servers = True
c.JupyterHub.concurrent_spawn_limit = 10  # forty students arrive in the same minute

# Who: the names on the list, each with the password of their account on this machine.
c.JupyterHub.authenticator_class = "pam"
c.Authenticator.allowed_users = set(os.environ.get("KETALAB_STUDENTS", "").split())
c.Authenticator.admin_users = set(os.environ.get("KETALAB_TEACHERS", "").split())
c.LocalAuthenticator.create_system_users = True
private = ["-K", "HOME_MODE=0700", "-K", "UMASK=077"]
c.LocalAuthenticator.add_user_cmd = ["useradd", "--create-home", "--base-dir", HOMES, *private]
c.PAMAuthenticator.open_sessions = False

# What: JupyterLab on the student's own copy of the course, under a memory ceiling.
ceiling = f"--as={int(MEMORY_GB * 2**30)}"
c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
c.Spawner.cmd = ["prlimit", ceiling, str(BIN / "jupyterhub-singleuser")]
c.Spawner.default_url = "/lab/tree/notebooks/00_start_here.ipynb"
c.Spawner.notebook_dir = "~/ketamine"
c.Spawner.environment = {
    "KETALAB_DATA": str(COURSE / "data"),
    # one thread each: forty kernels that each start as many threads as there are cores help nobody
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
}
c.Spawner.http_timeout = c.Spawner.start_timeout = 120


def give_course(spawner) -> None:
    """Before a student's server starts: new lessons arrive, the student's own work stays."""
    copy_course(COURSE / "notebooks", spawner.user.name)


c.Spawner.pre_spawn_hook = give_course

culler = [sys.executable, "-m", "jupyterhub_idle_culler", f"--timeout={round(IDLE_MINUTES * 60)}"]
c.JupyterHub.services = [{"name": "idle-culler", "command": culler}]
scopes = ["list:users", "read:users:activity", "read:servers", "delete:servers"]
c.JupyterHub.load_roles = [{"name": "idle-culler", "services": ["idle-culler"], "scopes": scopes}]
