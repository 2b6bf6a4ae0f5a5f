// Formulas as MathML. Argument: where MathJax lies. Standard input: a JSON list of TeX; standard output: one of MathML.
const { readFileSync } = require("node:fs");

require(process.argv[2]).init({ loader: { load: ["input/tex"] }, tex: { formatError: (_, error) => { throw error; } } })
  .then((MathJax) => {
    const formulas = JSON.parse(readFileSync(0, "utf8"));
    process.stdout.write(JSON.stringify(formulas.map((tex) => MathJax.tex2mml(tex, { display: false }))));
  })
  .catch((error) => { console.error(error.message); process.exit(1); });
