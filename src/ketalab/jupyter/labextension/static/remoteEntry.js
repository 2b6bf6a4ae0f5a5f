// A prebuilt JupyterLab extension small enough to be read, so that it needs no build step.
// 1. Pictures: JupyterLab drops the alt text stored with a PNG output; this renderer keeps it.
// 2. Explorables: names their slider handles and pictures, announces their read-out, tables their numbers.
// 3. Lessons: prompts, code and links that everybody can make out; words of the glossary stay quiet.
// 4. Links into a notebook: JupyterLab gives up on the way when it is busy; the heading is gone to until seen.
// 5. Explorables without Python (not run yet, or opened again later): the stored picture, its words, and how
//    to get the sliders. As soon as the live view is there, it takes the picture's place.
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

  const EXPLORABLE = "application/vnd.ketalab.explorable+json";
  const VIEW = "application/vnd.jupyter.widget-view+json";

  const element = (name, attributes, ...content) => {
    const made = Object.assign(document.createElement(name), attributes);
    made.append(...content);
    return made;
  };

  // The stored picture with its words: title, setting, sentence and readings, as Python wrote them.
  const stillOf = (model) => {
    const [title, setting, sentence, ...readings] = String(model.data["text/plain"] ?? "").split("\n");
    const { alt = "", width } = model.metadata["image/png"] ?? {};
    const src = `data:image/png;base64,${model.data["image/png"]}`;
    const picture = element("img", { src, alt, ...(width && { width }) });
    const numbers = element("details", {},
      element("summary", {}, "Its setting and its numbers"),
      element("pre", { tabIndex: 0 }, [setting ?? "", ...readings].map((line) => line.trim()).join("\n")));
    return element("div", { className: "ketalab-still jp-RenderedImage jp-RenderedHTMLCommon" },
      element("h4", {}, title), picture,
      element("p", {}, (sentence ?? "").trim()), numbers,
      element("p", { className: "ketalab-how" }, "This picture stands still. Run its cell to move it with sliders."));
  };

  // An output that was run holds a live view as well; JupyterLab's widgets draw it where Python still has it.
  const explorableRenderer = (Panel, rendermime) => class extends Panel {
    async renderModel(model) {
      this.live?.dispose();
      const still = stillOf(model);
      this.node.replaceChildren(still);
      if (!model.trusted || !model.data[VIEW] || !rendermime.getFactory(VIEW)) return;
      const live = rendermime.createRenderer(VIEW);
      this.live = live;
      // Until it has drawn something, what it says ("Loading", "Error") stays out of the page.
      new MutationObserver(() => {
        if (live.isDisposed || this.isDisposed) return;
        if (live.node.childElementCount > 0) {
          still.remove();
          this.addWidget(live);
        } else {
          live.parent = null;
          this.node.append(still);
        }
      }).observe(live.node, { childList: true });
      await live.renderModel(model);
    }

    dispose() {
      this.live?.dispose();
      super.dispose();
    }
  };

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

  const explorables = (Panel, INotebookTracker) => ({
    id: "ketalab:explorables",
    autoStart: true,
    requires: [INotebookTracker],
    activate: (app, notebooks) => {
      const equip = ({ content: { rendermime } }) => {
        const Explorable = explorableRenderer(Panel, rendermime);
        rendermime.addFactory({
          safe: true,
          mimeTypes: [EXPLORABLE],
          createRenderer: () => new Explorable(),
        }, -20); // before the live view, which is at -10
      };
      notebooks.forEach(equip);
      notebooks.widgetAdded.connect((_, panel) => equip(panel));
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
  });

  const extensionFolder = document.currentScript.src.replace(/\/[^/]*$/, "");

  window._JUPYTERLAB = window._JUPYTERLAB ?? {};
  window._JUPYTERLAB.ketalab = {
    init: (scope) => { shared = scope; },
    get: async (module) => {
      const wanted = module === "./extension"
        ? explorables((await load("@lumino/widgets")).Panel, (await load("@jupyterlab/notebook")).INotebookTracker)
        : pictures((await load("@lumino/widgets")).Widget);
      return () => ({ __esModule: true, default: wanted });
    },
  };
})();
