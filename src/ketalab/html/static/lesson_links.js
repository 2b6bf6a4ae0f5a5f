if (!window.ketalabLessonLinks) {
  window.ketalabLessonLinks = true;
  document.addEventListener("click", (event) => {
    const to = event.target.closest?.("a[data-lesson]");
    if (to && window.Reveal) to.setAttribute("href", `${to.dataset.lesson}.html`);
  }, true);
}
