const MOST_WAYS = 40;
const MOST_TRIES = 20000;

const ALONG = [
  { verb: () => "is a member of", ahead: containers, back: members },
  { verb: verbBetween, ahead: leadsTo, back: ledFrom },
];

/** Return what a node leads to: its members, and what other relationships lead to; and what leads to it. */
function leadsTo(node) {
  return [...members(node), ...others(node, "out")];
}

function ledFrom(node) {
  return [...containers(node), ...others(node, "in")];
}

/**
 * Return the ways from one node to another, the shortest first: through memberships, or else along relationships;
 * from the second to the first where there are none. `further` are nodes on the way that are in groups not in this file.
 */
function waysBetween(one, other) {
  for (const { verb, ahead, back } of one === other ? ALONG.slice(0, 1) : ALONG) {
    for (const [start, goal] of [[one, other], [other, one]]) {
      const { ways, isCut } = search(start, goal, ahead, back);
      if (ways.length) return { ways, isCut, verb, start, goal, further: furtherUp(start) };
    }
  }
  return { ways: [], isCut: false, verb: null, start: one, goal: other, further: [...furtherUp(one), ...furtherUp(other)] };
}

/** Return paths that meet no node twice, by length, and whether there may be more; cycles end it. */
function search(start, goal, ahead, back) {
  const leading = reached(goal, back);
  const found = [];
  const begun = [[start]];
  for (const path of begun) {
    for (const next of ahead(path.at(-1))) {
      if (found.length === MOST_WAYS) return { ways: found, isCut: true };
      if (next === goal) found.push([...path, next]);
      else if (leading.has(next) && !path.includes(next) && begun.length < MOST_TRIES) begun.push([...path, next]);
    }
  }
  return { ways: found, isCut: begun.length >= MOST_TRIES };
}

/** Return the nodes above one, itself included, that are members of something which is not in this file. */
function furtherUp(start) {
  return [...reached(start, containers)].filter((node) => memberships(node, false) > inFile(node).length);
}

const inFile = (node) => node.in.filter((edge) => edge.relationship.isMembership);

/** Return the classes of the relationships that lead from one node to the next. */
function verbBetween(source, target) {
  return [...new Set(source.out.filter((edge) => edge.node === target).map((edge) => edge.relationship.class))].join(", ");
}
