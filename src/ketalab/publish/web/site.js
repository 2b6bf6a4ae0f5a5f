// The pages of the course: what moves, what is looked up, and what a reader did. Nothing here asks another machine.
(() => {
  const root = document.documentElement.dataset.root;
  const here = location.pathname.split("/").pop() || "index.html";
  const find = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // What is kept in this browser; where there is no storage, for as long as the page is open.
  const memory = {};
  const read = (key) => {
    try { return JSON.parse(localStorage.getItem(`ketalab:${key}`)) ?? memory[key] ?? null; } catch { return memory[key] ?? null; }
  };
  const keep = (key, value) => {
    memory[key] = value;
    try { localStorage.setItem(`ketalab:${key}`, JSON.stringify(value)); } catch { /* nothing */ }
  };
  const loadScript = (address) => new Promise((done, failed) => {
    const script = document.createElement("script");
    Object.assign(script, { src: root + address, onload: done, onerror: () => failed(new Error(`${address} is missing`)) });
    document.head.append(script);
  });

  // Dark or light.
  const dark = () => (document.documentElement.dataset.theme
    ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);
  find(".theme-button").addEventListener("click", () => {
    document.documentElement.dataset.theme = dark() ? "light" : "dark";
    keep("theme", document.documentElement.dataset.theme);
  });

  // Paper is white, whatever the room; a teacher's notes, answers and keys are printed with the page that folds them.
  let lit, folded = [];
  addEventListener("beforeprint", () => {
    lit = document.documentElement.dataset.theme;
    document.documentElement.dataset.theme = "light";
    folded = all(".teaching main details:not([open])");
    for (const fold of folded) fold.open = true;
  });
  addEventListener("afterprint", () => {
    document.documentElement.dataset.theme = lit ?? "";
    for (const fold of folded) fold.open = false;
  });

  // Contents: beside the text where there is room, else behind a button.
  const opener = find(".contents-button"), contents = find("#contents");
  const openContents = (open) => {
    document.body.classList.toggle("open", open);
    opener.setAttribute("aria-expanded", String(open));
    if (open) find("a", contents).focus();
  };
  opener.addEventListener("click", () => openContents(!document.body.classList.contains("open")));
  contents.addEventListener("click", (event) => { if (event.target.closest("a")) openContents(false); });
  document.addEventListener("pointerdown", (event) => {
    if (document.body.classList.contains("open") && !event.target.closest("#contents, .contents-button")) openContents(false);
  });

  // Which section is being read, and which have been.
  const lesson = document.body.dataset.lesson;
  const sections = all("main > section").filter((section) => find(":scope > h2[id]", section));
  const places = new Map(all(".places a").map((link) => [decodeURIComponent(link.hash.slice(1)), link]));
  if (sections.length) {
    const done = new Set(read(`read:${lesson}`) ?? []);
    const tick = (id) => {
      places.get(id)?.classList.add("read");
      places.get(id)?.setAttribute("aria-description", "read");
    };
    done.forEach(tick);
    let waiting = false;
    const follow = () => {
      waiting = false;
      let current = null;
      for (const section of sections) {
        const box = section.getBoundingClientRect();
        if (box.top <= innerHeight * 0.4) current = section;
      }
      for (const section of sections) {
        const id = find("h2", section).id, link = places.get(id);
        if (section === current) link?.setAttribute("aria-current", "location");
        else link?.removeAttribute("aria-current");
      }
    };
    addEventListener("scroll", () => { if (!waiting) { waiting = true; requestAnimationFrame(follow); } }, { passive: true });
    follow();
    // A section counts as read when its end has been on the screen for two seconds.
    const timers = new Map();
    const watch = new IntersectionObserver((seen) => {
      for (const { target, isIntersecting } of seen) {
        clearTimeout(timers.get(target));
        if (!isIntersecting) continue;
        timers.set(target, setTimeout(() => {
          const id = find("h2", target.closest("section")).id;
          if (done.has(id)) return;
          done.add(id);
          tick(id);
          keep(`read:${lesson}`, [...done]);
          keep("last", { lesson, page: here, at: id, head: places.get(id)?.textContent ?? "" });
        }, 2000));
      }
    });
    for (const section of sections) {
      const end = document.createElement("span");
      section.append(end);
      watch.observe(end);
    }
  }

  // A reader marks a section to find it again: on the index, and with a star in the contents.
  const marked = () => read("marked") ?? [];
  const isHere = (mark, id) => mark.page === here && mark.at === id;
  for (const heading of all(".lesson main > section > h2[id], .article article > h2[id]")) {
    const { id } = heading, button = document.createElement("button");
    const head = places.get(id)?.textContent ?? id;
    const show = () => {
      const on = marked().some((mark) => isHere(mark, id));
      button.setAttribute("aria-pressed", String(on));
      button.textContent = on ? "★" : "☆";
      places.get(id)?.classList.toggle("marked", on);
    };
    Object.assign(button, { type: "button", className: "mark", title: "Mark this section; the index lists what you marked" });
    button.setAttribute("aria-label", "Mark this section");
    button.addEventListener("click", () => {
      const others = marked().filter((mark) => !isHere(mark, id));
      const of = lesson ? `Lesson ${lesson}` : "The article";
      keep("marked", others.length < marked().length ? others : [...others, { page: here, at: id, of, head }]);
      show();
    });
    heading.append(button);
    show();
  }

  // Explorables come to life when they come near.
  const waitingFor = {};
  globalThis.ketalabParcel = (name, data) => { waitingFor[name]?.(data); };
  const mounted = new Map();
  const mount = (view) => {
    const { name } = view.dataset;
    if (!mounted.has(name)) {
      mounted.set(name, new Promise((done) => { waitingFor[name] = done; }).then(async (data) => {
        const holder = document.createElement("script");
        holder.type = "application/vnd.ketalab.parcel";
        holder.textContent = data;
        view.append(holder);
        await globalThis.ketalabMount(view);
        view.style.minHeight = "0";
        return view.ketalab ?? null;
      }));
      loadScript(`explorables/${name}.js`).catch((error) => {
        const words = document.createElement("p");
        words.textContent = `The moving picture cannot be shown (${error.message}). This is how it starts.`;
        view.append(words);
      });
    }
    return mounted.get(name);
  };
  const views = all(".ketalab-view");
  const near = new IntersectionObserver((seen) => {
    for (const { target, isIntersecting } of seen) if (isIntersecting) { near.unobserve(target); mount(target); }
  }, { rootMargin: "1200px 0px" });
  views.forEach((view) => near.observe(view));

  // An explorable over the whole screen; on a phone held upright it lies on its side, and its words can be read.
  const large = find("#large");
  const openLarge = (page, view) => {
    const { size, title } = page.spec;
    large.setAttribute("aria-label", title);
    large.style.setProperty("--shape", size[0] / size[1]);
    large.append(page.element);
    large.addEventListener("close", () => view.append(page.element), { once: true });
    large.showModal();
    large.scrollTo(0, 0);
  };
  // Lying on its side, a slider follows a finger down the screen; a browser's own follows one across only.
  let held = null;
  const follow = (event) => {
    const box = held.getBoundingClientRect(), share = Math.min(1, Math.max(0, (event.clientY - box.top) / box.height));
    held.value = Number(held.min) + share * (held.max - held.min);
    held.dispatchEvent(new Event("input", { bubbles: true }));
  };
  large?.addEventListener("pointerdown", (event) => {
    const onItsSide = getComputedStyle(large).transform !== "none";
    if (event.pointerType === "mouse" || !onItsSide || !event.target.matches("input[type=range]")) return;
    held = event.target;
    held.focus();
    follow(event);
  });
  large?.addEventListener("pointermove", (event) => { if (held) follow(event); });
  for (const kind of ["pointerup", "pointercancel"]) large?.addEventListener(kind, () => { held = null; }, true);
  for (const kind of ["touchstart", "touchmove"]) {
    large?.addEventListener(kind, (event) => { if (held) event.preventDefault(); }, { passive: false });
  }

  // #route_to_plasma?dose=0.5&minutes=10 opens an explorable at a setting.
  const say = (view, words) => { find("[role=status]", view.closest("figure")).textContent = words; };
  const notice = (words) => {
    let line = find("main > .notice");
    if (!line) {
      line = document.createElement("p");
      line.className = "notice claim";
      line.setAttribute("role", "status");
      find("main").prepend(line);
    }
    line.textContent = words;
  };
  const settingOf = (text) => {
    const [name, query] = decodeURIComponent(text.slice(1).replaceAll("%26", "%2526")).split(/\?(.*)/s);
    return { name, query: query ?? "" };
  };
  const openAt = async () => {
    const { name, query } = settingOf(location.hash);
    if (!query) return;
    const view = views.find((one) => one.dataset.name === name);
    if (!view) {
      notice(`explorable: '${name}' is not one of ${views.map((one) => one.dataset.name).join(", ") || "this page (it has none)"}; nothing was opened.`);
      return;
    }
    const page = await mount(view);
    view.closest("figure").scrollIntoView();
    const wanted = {};
    for (const [key, value] of new URLSearchParams(location.hash.split("?").slice(1).join("?"))) {
      const control = page.spec.controls.find((one) => one.name === key);
      wanted[key] = control && !control.options && value.trim() !== "" && !Number.isNaN(Number(value)) ? Number(value) : value;
    }
    const number = page.spec.controls.find((one) => one.name in wanted && !one.options && typeof wanted[one.name] === "string");
    try {
      if (number) throw new RangeError(`${number.name}: '${wanted[number.name]}' is not a number; it must be ${number.low} to ${number.high} ${number.unit}`.trimEnd());
      page.set({ ...page.spec.start, ...wanted });
      const rests = page.values, moved = Object.keys(wanted).filter((key) => rests[key] !== wanted[key]);
      const shown = page.spec.controls.filter((one) => moved.includes(one.name))
        .map((one) => `${one.label} ${one.texts?.[one.positions.indexOf(rests[one.name])] ?? rests[one.name]}`);
      say(view, moved.length ? `Not every setting is computed on these pages; the nearest is shown: ${shown.join(", ")}.` : "");
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      page.set(page.spec.start);
      say(view, `${error.message}; this is how it starts.`);
    }
  };
  addEventListener("hashchange", openAt);
  addEventListener("load", openAt);
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.(".hands button");
    if (!button) return;
    const { name } = button.parentNode.dataset, view = views.find((one) => one.dataset.name === name);
    const page = await mount(view);
    if (!page) return;  // the page has said why
    if (button.dataset.do === "large") {
      openLarge(page, view);
      return;
    }
    if (button.dataset.do === "reset") {
      page.set(page.spec.start);
      say(view, "");
      return;
    }
    const address = `${location.href.split("#")[0]}#${name}?${new URLSearchParams(page.values)}`;
    try {
      await navigator.clipboard.writeText(address);
      say(view, "The link is copied.");
    } catch {
      say(view, address);
    }
  });

  // A fold opens for a link to what is in it.
  const unfold = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const fold = target && target.closest("details:not([open])");
    if (!fold) return;
    fold.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  unfold();

  // A figure opens alone, as large as it was drawn: on a phone its words can be read there.
  const alone = find("#alone"), sheet = find(".sheet", alone), sizer = find(".size", alone);
  for (const picture of all("main figure:not(.moves) > img")) {
    const link = document.createElement("a");
    Object.assign(link, { href: picture.src, title: "Open the figure alone, to enlarge it" });
    picture.replaceWith(link);
    link.append(picture);
  }
  const showWhole = (whole) => {
    alone.classList.toggle("whole", whole);
    sizer.setAttribute("aria-pressed", String(whole));
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("figure > a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const shown = find("img", link), large = new Image();
    const width = Math.max(shown.naturalWidth, Math.min(innerWidth, 1400));
    Object.assign(large, { src: shown.src, alt: shown.alt });
    large.style.width = `${width}px`;
    sheet.replaceChildren(large);
    showWhole(false);
    alone.showModal();
    sheet.scrollTo(0, 0);
  });
  sizer.addEventListener("click", () => showWhole(!alone.classList.contains("whole")));

  // A word's meaning comes to the reader; its entry is one more step away.
  let meaning = null, askedFrom = null;
  const closeMeaning = () => {
    meaning?.remove();
    meaning = null;
    askedFrom?.focus({ preventScroll: true });
    askedFrom = null;
  };
  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const word = event.target.closest?.("a.term");
    if (!word) {
      if (meaning && !event.target.closest?.(".meaning")) closeMeaning();
      return;
    }
    event.preventDefault();
    closeMeaning();
    askedFrom = word;
    meaning = document.createElement("div");
    meaning.className = "meaning";
    meaning.setAttribute("role", "dialog");
    meaning.setAttribute("aria-label", word.textContent);
    const text = document.createElement("p"), name = document.createElement("b"), more = document.createElement("a"), close = document.createElement("button");
    name.textContent = `${word.textContent}: `;
    text.append(name, word.title);
    Object.assign(more, { href: word.href, textContent: "In the glossary" });
    Object.assign(close, { type: "button", textContent: "Close" });
    close.addEventListener("click", closeMeaning);
    meaning.append(text, more, close);
    document.body.append(meaning);
    close.focus({ preventScroll: true });
  });

  // Search.
  const box = find("#search"), field = find("input", box), list = find("ol", box), status = find("[role=status]", box);
  let index = null;
  globalThis.ketalabSearch = (entries) => {
    index = entries.map((entry) => ({ ...entry, low: entry.text.toLowerCase(), lowHead: `${entry.head} ${entry.of}`.toLowerCase() }));
  };
  const openSearch = async () => {
    if (!box.open) box.showModal();
    if (!index) await loadScript("assets/search.js");
    look();
  };
  const near40 = (text, at) => [Math.max(0, text.lastIndexOf(" ", Math.max(0, at - 50)) + 1), at + 110];
  const look = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    list.replaceChildren();
    if (!words.length) { status.textContent = ""; return; }
    const found = index.map((entry) => {
      let score = 0;
      for (const word of words) {
        const head = entry.lowHead.includes(word), count = entry.low.split(word).length - 1;
        if (!head && !count) return null;
        score += (head ? 20 : 0) + Math.min(count, 5);
      }
      return { entry, score };
    }).filter(Boolean).sort((a, b) => b.score - a.score);
    status.textContent = found.length ? `${found.length} ${found.length === 1 ? "place" : "places"}${found.length > 30 ? ", the best 30 are shown" : ""}.` : "Nothing found: try another word.";
    for (const { entry } of found.slice(0, 30)) {
      const at = Math.max(0, Math.min(...words.map((word) => entry.low.indexOf(word)).filter((place) => place >= 0)));
      const [from, to] = near40(entry.text, Number.isFinite(at) ? at : 0);
      const link = document.createElement("a"), head = document.createElement("b"), said = document.createElement("span");
      link.href = `${root}${entry.page}${entry.at ? `#${entry.at}` : ""}`;
      head.textContent = `${entry.of} · ${entry.head}`;
      const shown = `${from ? "… " : ""}${entry.text.slice(from, to)}${to < entry.text.length ? " …" : ""}`;
      const pattern = new RegExp(`(${words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`, "gi");
      for (const [i, part] of shown.split(pattern).entries()) {
        if (i % 2 === 0) { said.append(part); continue; }
        const mark = document.createElement("mark");
        mark.textContent = part;
        said.append(mark);
      }
      link.append(head, document.createElement("br"), said);
      link.addEventListener("click", () => box.close());
      const item = document.createElement("li");
      item.append(link);
      list.append(item);
    }
  };
  find(".search-button").addEventListener("click", openSearch);
  field.addEventListener("input", () => { if (index) look(); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { closeMeaning(); openContents(false); }
    if (event.target.closest?.("input, select, textarea, dialog") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") { event.preventDefault(); openSearch(); }
  });

  // The index: how far a reader has come, and a file that holds it.
  const kept = () => {
    const found = {};
    for (let i = 0; i < localStorage.length; i += 1) {
      const key = localStorage.key(i);
      if (/^ketalab:(:\d\d\/|read:\d\d$|last$|marked$)/.test(key)) found[key] = localStorage.getItem(key);
    }
    return found;
  };
  const showProgress = () => {
    for (const card of all(".cards li")) {
      const number = card.dataset.lesson, sectionsRead = (read(`read:${number}`) ?? []).length;
      let answered = 0;
      try { answered = Object.keys(kept()).filter((key) => key.startsWith(`ketalab::${number}/`)).length; } catch { /* no storage */ }
      const parts = [];
      if (sectionsRead) parts.push(`${Math.min(sectionsRead, card.dataset.sections)} of ${card.dataset.sections} sections read`);
      if (answered) parts.push(`${Math.min(answered, card.dataset.questions)} of ${card.dataset.questions} questions answered`);
      find(".so-far", card).textContent = parts.join(", ");
    }
    const last = read("last"), line = find(".go-on");
    if (!line) return;
    line.hidden = !last;
    if (last) {
      const link = document.createElement("a");
      link.href = `${last.page}#${last.at}`;
      link.textContent = `Go on with lesson ${last.lesson}: ${last.head}`;
      line.replaceChildren(link);
    }
  };
  // What a reader marked, in the order of the course.
  const showMarked = () => {
    const part = find(".marked-list"), marks = [...marked()].sort((a, b) => (a.page < b.page ? -1 : Number(a.page > b.page)));
    part.hidden = !marks.length;
    find("ul", part).replaceChildren(...marks.map((mark) => {
      const item = document.createElement("li"), link = document.createElement("a");
      Object.assign(link, { href: `${mark.page}#${mark.at}`, textContent: `${mark.of}: ${mark.head}` });
      item.append(link);
      return item;
    }));
  };
  const showKept = () => { showProgress(); showMarked(); };
  const told = (words) => { find(".kept").textContent = words; };
  // What these pages may have saved: anything else in a file is refused, and no link in it leads elsewhere.
  const isText = (value) => typeof value === "string";
  const isPlace = (value) => /^\w+\.html$/.test(value?.page) && [value.at, value.head].every(isText);
  const sound = ([key, text]) => {
    let value;
    try { value = JSON.parse(text); } catch { return false; }
    const name = key.replace(/^ketalab:/, "");
    if (/^:\d\d\/\S+$/.test(name)) return true;
    if (/^read:\d\d$/.test(name)) return Array.isArray(value) && value.every(isText);
    if (name === "last") return isPlace(value) && isText(value.lesson);
    return name === "marked" && Array.isArray(value) && value.every((one) => isPlace(one) && isText(one.of));
  };
  // What is here stays: sections and marks are put together, an answer that was given here is kept.
  const together = (key, text) => {
    const own = localStorage.getItem(key);
    if (own === null) return text;
    if (!/^ketalab:(read:|marked$)/.test(key)) return own;
    const whole = new Map([...JSON.parse(own), ...JSON.parse(text)].map((one) => [one.at ? `${one.page}#${one.at}` : one, one]));
    return JSON.stringify([...whole.values()]);
  };
  const bring = async (file) => {
    let marks;
    try { marks = JSON.parse(await file.text()); } catch { marks = null; }
    const entries = marks?.course === "ketalab" && Object.entries(marks.marks ?? {});
    if (!entries || !entries.every(([, text]) => isText(text)) || !entries.every(sound)) {
      told(`${file.name} is not a file that these pages saved; nothing was changed.`);
      return;
    }
    for (const [key, text] of entries) localStorage.setItem(key, together(key, text));
    showKept();
    told(`${entries.length} ${entries.length === 1 ? "entry is" : "entries are"} back.`);
  };
  // Where the pages are served, they can be kept.
  const served = location.protocol.startsWith("http") && "serviceWorker" in navigator;
  if (served) {  // a page from a disk may not read a manifest
    const manifest = document.createElement("link");
    Object.assign(manifest, { rel: "manifest", href: `${root}manifest.json` });
    document.head.append(manifest);
  }
  if (served) navigator.serviceWorker.register(`${root}sw.js`).catch(() => { /* read with a network, then */ });
  const keepAll = async (button) => {
    button.disabled = true;
    told("Fetching the whole course …");
    const ready = await navigator.serviceWorker.ready, channel = new MessageChannel();
    channel.port1.onmessage = ({ data }) => {
      button.disabled = false;
      told(data === "kept" ? "The whole course is kept in this browser." : "Something could not be fetched; try again with a network.");
    };
    ready.active.postMessage("keep", [channel.port2]);
  };
  // Before anything is deleted the page asks, and the hand rests on the answer that does no harm.
  const askSure = (open) => {
    const button = find("[data-keep=forget]");
    find("#sure").hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (open) told("");
    (open ? find("[data-keep=stay]") : button).focus();
  };
  if (find(".cards")) {
    find("#sure").addEventListener("keydown", (event) => { if (event.key === "Escape") askSure(false); });
    find("[data-keep=offline]").hidden = !served;
    showKept();
    // A link without its page still finds its explorable.
    const wanted = settingOf(location.hash);
    if (wanted.name && globalThis.ketalabPlaces?.[wanted.name]) location.replace(globalThis.ketalabPlaces[wanted.name] + location.hash);
    document.addEventListener("click", (event) => {
      const what = event.target.closest?.("[data-keep]")?.dataset.keep;
      if (what === "save") {
        const link = document.createElement("a");
        const text = JSON.stringify({ course: "ketalab", marks: kept() }, null, 1);
        link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
        link.download = "ketamine-course-marks.json";
        link.click();
        told("Saved as ketamine-course-marks.json.");
      } else if (what === "offline") {
        keepAll(event.target.closest("button"));
      } else if (what === "forget") {
        if (Object.keys(kept()).length) askSure(true);
        else told("There was nothing to forget.");
      } else if (what === "stay") {
        askSure(false);
      } else if (what === "delete") {
        Object.keys(kept()).forEach((key) => localStorage.removeItem(key));
        for (const key of Object.keys(memory)) delete memory[key];
        askSure(false);
        showKept();
        told("Forgotten.");
      }
    });
    find("input[type=file]").addEventListener("change", (event) => { if (event.target.files[0]) bring(event.target.files[0]); });
  }
})();
