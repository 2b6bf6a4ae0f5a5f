// Reads GIFT with the parser that gift-pegjs makes from its published grammar. Standard input: GIFT; standard output: JSON.
const { readFileSync } = require("node:fs");
const { join } = require("node:path");

const { parse } = require(join(process.argv[2], "gift-pegjs"));
process.stdout.write(JSON.stringify(parse(readFileSync(0, "utf8"))));
