// Hands, counted on the slide of a prediction or of a question, without a network. What was counted stays as
// long as the page is open: a deck begins afresh in every class.
const ketalabVote = (() => {
  let tell = () => {};  // whom a changed count goes to (room.js)
  const LETTERS = "ABCDEFGH";
  const FULL = 10;  // hands that fill a bar, until one answer has more
  const open = (vote) => vote.slide.classList.contains("voting");
  const make = (tag, values = {}, ...inside) => {
    const part = Object.assign(document.createElement(tag), values);
    part.append(...inside);
    return part;
  };
  const without = (part, unwanted) => {
    const copy = part.cloneNode(true);
    copy.querySelectorAll(unwanted).forEach((one) => one.remove());
    return copy;
  };

  // The answers of a slide: words, whether right, and the reason; none where nothing is asked.
  const answersOf = (slide) => {
    const box = slide.querySelector(".ketalab-ask[data-kind=prediction]");
    if (!box) {
      return [...slide.querySelectorAll(":scope > details.option")].map((option) => ({
        words: without(option.querySelector("summary"), "b, .mine, .key"),
        right: option.classList.contains("right"),
        reason: option.querySelector(".feedback").cloneNode(true),
      }));
    }
    return [...box.querySelectorAll(".options > li")].map((option) => {
      const answer = box.querySelector(`.happened [data-option="${option.dataset.option}"]`);
      const reason = answer.cloneNode(true);
      while (reason.firstChild && reason.firstChild.nodeName !== "BR") reason.firstChild.remove();
      reason.firstChild?.remove();
      return {
        words: without(option.querySelector("label"), "input, .mine"),
        right: answer.classList.contains("right"),
        reason,
      };
    });
  };

  const hands = (count) => `${count} ${count === 1 ? "hand" : "hands"}`;
  const sum = (counts) => counts.reduce((total, count) => total + count, 0);

  const build = (slide, answers) => {
    const none = () => answers.map(() => 0);
    const vote = { slide, now: none(), first: null, told: false, cleared: null };
    const button = (text, does, values = {}) =>
      make("button", { type: "button", textContent: text, onclick: does, ...values });
    const count = (place, step) => {
      vote.now[place] = Math.max(0, vote.now[place] + step);
      vote.cleared = null;
      show(`${LETTERS[place]}: ${hands(vote.now[place])}.`);
    };
    const rows = answers.map((answer, place) => {
      const letter = LETTERS[place];
      const bar = (kind) => make("span", { className: `bar ${kind}` });
      const row = {
        bars: { before: bar("before"), now: bar("now") },
        less: button("−", () => count(place, -1), { ariaLabel: `One hand less for ${letter}` }),
        reason: make("p", { className: "reason" }, ...answer.reason.childNodes),
      };
      row.part = make("li", { className: answer.right ? "right" : "wrong" },
        button(letter, () => count(place, 1), { className: "letter", ariaLabel: `${letter}: one hand more` }),
        make("span", { className: "words" }, ...answer.words.childNodes),
        make("span", { className: "bars" }, row.bars.before, row.bars.now),
        row.less, button("+", () => count(place, 1), { ariaLabel: `One hand more for ${letter}` }), row.reason);
      return row;
    });
    const told = button("Reveal", () => { vote.told = !vote.told; show(); });
    const again = button("Back to your hands", () => {
      vote.first ??= vote.now;
      Object.assign(vote, { now: none(), told: false, cleared: null });
      show("The first vote is kept. Count again.");
    });
    const clear = button("Clear", () => {
      const { now, first, told, cleared } = vote;
      Object.assign(vote, cleared ?? { now: none(), first: null, told: false });
      vote.cleared = cleared ? null : { now, first, told };
      show();
    });
    const said = make("span", { role: "status" });
    const list = make("ol", {}, ...rows.map((row) => row.part));
    const steps = make("div", { className: "steps" }, told, again, clear, said);
    vote.panel = make("div", { className: "ketalab-vote", role: "group", ariaLabel: "Count of hands", tabIndex: -1 },
      list, steps);
    vote.opener = button("Count hands", () => turn(vote), { className: "ketalab-count", ariaExpanded: "false" });

    const disable = (one, idle) => {
      if (idle && one === document.activeElement) vote.panel.focus({ preventScroll: true });  // letters count on
      one.disabled = idle;
    };
    const show = (words = "") => {
      const { now, first } = vote;
      const most = Math.max(FULL, ...now, ...(first ?? []));
      rows.forEach((row, place) => {
        for (const [kind, counts] of [["before", first], ["now", now]]) {
          row.bars[kind].hidden = !counts;
          row.bars[kind].style.setProperty("--share", counts ? counts[place] / most : 0);
          row.bars[kind].textContent = counts?.[place] ?? "";
        }
        disable(row.less, now[place] === 0);
        row.reason.hidden = !(vote.told && answers[place].right);
      });
      vote.panel.classList.toggle("told", vote.told);
      told.textContent = vote.told ? "Hide the answer" : "Reveal";
      disable(again, sum(now) === 0);
      clear.textContent = vote.cleared ? "Undo clear" : "Clear";
      disable(clear, !vote.cleared && !first && sum(now) === 0);
      const both = first ? `First vote ${hands(sum(first))} (outlined), now ${hands(sum(now))}.` : "";
      said.textContent = words || both || (sum(now) ? `${hands(sum(now))} in all.` : "");
      slide.dispatchEvent(new Event("toggle"));  // the text of a slide is fitted anew
      if (!vote.following) tell(slide);
    };
    vote.count = count;
    vote.show = () => show();
    vote.show();
    return vote;
  };

  const votes = new Map();
  const place = (vote, opens) => {
    vote.slide.classList.toggle("voting", opens);
    vote.opener.textContent = opens ? "Back to the slide" : "Count hands";
    vote.opener.ariaExpanded = String(opens);
    vote.slide.dispatchEvent(new Event("toggle"));
  };
  const turn = (vote) => {
    const opens = !open(vote);
    place(vote, opens);
    if (opens) vote.panel.focus({ preventScroll: true });
    else document.activeElement.blur();
    tell(vote.slide);
  };

  // A letter counts while the counter has the focus; with Shift it takes a hand back. Whether it was one.
  const hear = (event) => {
    const panel = document.activeElement?.closest(".ketalab-vote");
    if (!panel || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return false;
    const vote = votes.get(panel.parentElement);
    const answer = event.key.length === 1 ? LETTERS.indexOf(event.key.toUpperCase()) : -1;
    if (answer < 0 || answer >= vote.now.length) return false;
    vote.count(answer, event.shiftKey ? -1 : 1);
    event.preventDefault();
    event.stopImmediatePropagation();
    return true;
  };
  addEventListener("keydown", hear, true);

  return {
    // Give every slide that asks its counter.
    equip(slides) {
      for (const slide of slides) {
        const answers = answersOf(slide);
        if (!answers.length) continue;
        const vote = build(slide, answers);
        votes.set(slide, vote);
        slide.querySelector(":scope > aside.notes")?.before(vote.opener, vote.panel);
      }
    },
    // Open or close the counter of a slide, where it has one.
    turn(slide) {
      if (votes.has(slide)) turn(votes.get(slide));
    },
    hear,
    // What was counted on a slide, for its copy in another window, and the other way round.
    listen(told) { tell = told; },
    slides: () => [...votes.keys()],
    state(slide) {
      const { now, first, told, cleared } = votes.get(slide);
      return { open: open(votes.get(slide)), now, first, told, cleared };
    },
    follow(slide, { open: opens, now, first, told, cleared }) {
      const vote = votes.get(slide);
      if (vote?.now.length !== now?.length) return;
      Object.assign(vote, { now: [...now], first, told, cleared, following: true });
      if (opens !== open(vote)) place(vote, opens);
      vote.show();
      vote.following = false;
    },
  };
})();
