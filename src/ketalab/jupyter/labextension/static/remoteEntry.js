// A prebuilt JupyterLab extension small enough to be read, so that it needs no build step.
// 1. Pictures: JupyterLab drops the alt text stored with a PNG output; this renderer keeps it.
// 2. Explorables: names their slider handles and pictures, announces their read-out, tables their numbers.
// 3. Lessons: prompts, code and links that everybody can make out; words of the glossary stay quiet.
// 4. Links into a notebook: JupyterLab gives up on the way when it is busy; the heading is gone to until seen.
(() => {
  let shared;

  const load = async (name) => {
    const newest = Object.values(shared[name]).pop();
    return (await newest.get())();
  };

  const pictures = (Widget) => ({
    id: "ketalab:pictures",
    rank: 0,
    dataType: "string",
    rendererFactory: {
      safe: true,
      mimeTypes: ["image/png"],
      createRenderer: () => new (class extends Widget {
        renderModel(model) {
          const details = model.metadata["image/png"] ?? {};
          const image = document.createElement("img");
          image.src = `data:image/png;base64,${model.data["image/png"]}`;
          image.alt = details.alt ?? "";
          if (details.width) image.width = details.width;
          image.style.height = "auto";
          this.addClass("jp-RenderedImage");
          this.node.replaceChildren(image);
          return Promise.resolve();
        }
      })(),
    },
  });

  // Until the heading has stood in sight for a second, or the reader moves the page.
  const goTo = (app, name) => {
    const wanted = ["id", "data-jupyter-id"].map((key) => `[${key}="${CSS.escape(name)}"]`).join();
    const end = performance.now() + 120_000;
    const moved = new AbortController();
    let seen = 0;
    const stop = () => {
      clearInterval(timer);
      moved.abort();
    };
    const timer = setInterval(() => {
      const page = app.shell.currentWidget?.content?.node;
      const heading = page?.querySelector(wanted);
      if (heading) {
        const { top, bottom } = page.getBoundingClientRect();
        const { y } = heading.getBoundingClientRect();
        if (top <= y + 1 && y < bottom - 40) seen += 1;
        else {
          seen = 0;
          heading.scrollIntoView();
        }
      }
      if (seen === 4 || performance.now() > end) stop();
    }, 250);
    for (const event of ["wheel", "keydown", "pointerdown"]) {
      document.addEventListener(event, stop, { capture: true, signal: moved.signal });
    }
  };

  const explorables = {
    id: "ketalab:explorables",
    autoStart: true,
    activate: (app) => {
      document.addEventListener("click", ({ target }) => {
        const link = target.closest?.('a[href*=".ipynb"][href*="#"]');
        if (link) goTo(app, decodeURIComponent(link.hash.slice(1)).replace("cell-id=", ""));
      }, true);
      const script = document.createElement("script");
      script.src = `${extensionFolder}/explorable.js`;
      const look = document.createElement("link");
      Object.assign(look, { rel: "stylesheet", href: `${extensionFolder}/lesson.css` });
      document.head.append(script, look);
    },
  };

  const extensionFolder = document.currentScript.src.replace(/\/[^/]*$/, "");

  window._JUPYTERLAB = window._JUPYTERLAB ?? {};
  window._JUPYTERLAB.ketalab = {
    init: (scope) => { shared = scope; },
    get: async (module) => {
      const wanted = module === "./extension"
        ? explorables
        : pictures((await load("@lumino/widgets")).Widget);
      return () => ({ __esModule: true, default: wanted });
    },
  };
})();
