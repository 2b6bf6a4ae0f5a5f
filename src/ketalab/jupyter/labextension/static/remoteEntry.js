// A prebuilt JupyterLab extension small enough to be read, so that it needs no build step.
// 1. Pictures: JupyterLab drops the alt text stored with a PNG output; this renderer keeps it.
// 2. Explorables: names their slider handles and pictures, and announces their read-out.
// 3. Words of the glossary: their links are quiet, until a hand comes near.
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

  const explorables = {
    id: "ketalab:explorables",
    autoStart: true,
    activate: () => {
      const script = document.createElement("script");
      script.src = `${extensionFolder}/explorable.js`;
      const style = document.createElement("style");
      style.textContent = `
        .jp-RenderedHTMLCommon a[href*="/glossary.ipynb"][title] {
          color: inherit; text-decoration: underline dotted 1px; text-underline-offset: 0.18em;
        }
        .jp-RenderedHTMLCommon a[href*="/glossary.ipynb"][title]:is(:hover, :focus-visible) {
          color: var(--jp-content-link-color); text-decoration-style: solid;
        }`;
      document.head.append(script, style);
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
