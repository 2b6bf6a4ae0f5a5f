// TeX in, SVG with MathML for screen readers or MathML alone out, one line of JSON each: pages need no script
// for equations.
// The first argument is the folder of MathJax.
const { createInterface } = require("node:readline");

require(process.argv[2]).init({
  loader: { load: ["input/tex-full", "output/svg", "a11y/assistive-mml"] },
  svg: { fontCache: "none" },
  tex: { formatError: (jax, error) => { throw error; } },
}).then((MathJax) => {
  const { adaptor } = MathJax.startup;
  createInterface({ input: process.stdin }).on("line", (line) => {
    const { tex, display, alone } = JSON.parse(line);
    let answer;
    try {
      const html = alone ? MathJax.tex2mml(tex, { display }) : adaptor.outerHTML(MathJax.tex2svg(tex, { display }));
      answer = { html };
    } catch (error) {
      answer = { error: error.message };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  });
});
