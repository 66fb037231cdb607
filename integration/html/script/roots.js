/**
 * Return where walks begin that together meet every container: each one that no other leads to, and of containers that
 * lead to each other, and that none outside leads to, the largest. Takes time as there are memberships.
 */
function rootsOf(all, inside, above) {
  const met = new Set();
  const roots = [];
  for (const node of finished(all, inside).reverse()) {
    if (met.has(node)) continue;
    roots.push([...reached(node, above)].sort(byWeight)[0]);
    walk(node, inside, met);
  }
  return roots.sort(byWeight);
}

/** Return nodes in the order in which a search in depth leaves them: the last of them is in no cycle that others lead to. */
function finished(all, below) {
  const begun = new Set();
  const order = [];
  for (const first of all) {
    if (begun.has(first)) continue;
    begun.add(first);
    const path = [{ node: first, ahead: below(first).values() }];
    while (path.length) {
      const { node, ahead } = path.at(-1);
      const { value, done } = ahead.next();
      if (done) order.push(path.pop().node);
      else if (!begun.has(value)) {
        begun.add(value);
        path.push({ node: value, ahead: below(value).values() });
      }
    }
  }
  return order;
}

/** Add to a set what can be reached from a node, itself included, without going again through what it holds. */
function walk(start, step, met) {
  const waiting = [start];
  met.add(start);
  while (waiting.length) {
    for (const next of step(waiting.pop())) {
      if (met.has(next)) continue;
      met.add(next);
      waiting.push(next);
    }
  }
}

/** Return the nodes that steps lead to from one, itself included. */
function reached(start, step) {
  const met = new Set();
  walk(start, step, met);
  return met;
}
