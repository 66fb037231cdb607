/** Return the text, or JSON, that a script element holds as gzip in base64. */
async function unpacked(id) {
  const packed = Uint8Array.from(atob(document.getElementById(id).textContent), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

const NAMES = ["displayName", "userPrincipalName", "mail"];
const SHAPES = ["circle", "square", "diamond", "triangle-up", "hexagon", "star", "cross"];

/** The part of the graph that this file holds; `out` and `in` of a node are its relationships in this file. */
class Model {
  constructor(data) {
    this.types = data.types;
    this.relationships = data.relationships;
    this.doubtful = data.doubtful;
    for (const each of [...data.types, ...data.relationships]) each.verdict = data.verdicts[each.name];
    this.nodes = [];
    data.types.forEach((type, index) => this.#addType(type, index));
    data.relationships.forEach((relationship, index) => this.#addRelationships(relationship, data.totals[index]));
    for (const node of this.nodes) this.#joinMembers(node);
    for (const relationship of data.relationships) this.#place(relationship);
  }

  #addType(type, index) {
    type.colour = `--type-${index % SHAPES.length}`;
    type.shape = SHAPES[(index + Math.floor(index / SHAPES.length)) % SHAPES.length];
    type.isHidden = false;
    const columns = new Map(type.columns.map((name, column) => [name, column]));
    type.nodes = type.rows.map((row) => {
      const names = NAMES.map((name) => row[columns.get(name)]).filter((name) => typeof name === "string");
      const sought = [...names, row[0]].map((name) => name.toLowerCase());
      return { place: 0, type, row, key: row[0], name: names[0] || row[0], names, sought, out: [], in: [], totals: [] };
    });
    for (const node of type.nodes) {
      node.place = this.nodes.length;
      this.nodes.push(node);
    }
  }

  #addRelationships(relationship, totals) {
    for (let each = 0; each < relationship.ends.length; each += 2) {
      const [source, target] = [this.nodes[relationship.ends[each]], this.nodes[relationship.ends[each + 1]]];
      source.out.push({ relationship, node: target });
      target.in.push({ relationship, node: source });
    }
    for (const direction of ["out", "in"]) {
      const pairs = totals[direction];
      for (let each = 0; each < pairs.length; each += 2) {
        this.nodes[pairs[each]].totals.push({ relationship, isOut: direction === "out", count: pairs[each + 1] });
      }
    }
  }

  /** Note the types at both ends, and whether another type of relationships says the same the other way round. */
  #place(relationship) {
    const { from, to } = relationship;
    relationship.other = { from: this.types.find((type) => type.name === from), to: this.types.find((type) => type.name === to) };
    relationship.isMirror = !relationship.isMembership && this.relationships.some((each) => each.isMembership && each.from === to && each.to === from);
  }

  /** Note who belongs to whom, each once, for what asks it often. */
  #joinMembers(node) {
    const own = (edges) => unique(edges.filter((edge) => edge.relationship.isMembership));
    node.members = own(node.out);
    node.containers = own(node.in);
    node.joined = new Set([...node.members, ...node.containers]);
    node.totals.sort((one, other) => other.relationship.isMembership - one.relationship.isMembership);
  }
}

/** Return how many direct members an entity has, or how many containers it is in, in the whole graph. */
const memberships = (node, isOut) => sum(node.totals.filter((total) => total.relationship.isMembership && total.isOut === isOut));

/** Return how many relationships an entity has in the whole graph. */
const degree = (node) => sum(node.totals);

const sum = (totals) => totals.reduce((all, total) => all + total.count, 0);

/** Return how important a node is in a list: members count first, then relationships. */
const weight = (node) => (node.type.isContainer ? 1e9 + memberships(node, true) : degree(node));

const byWeight = (one, other) => weight(other) - weight(one) || one.name.localeCompare(other.name);

const containers = (node) => node.containers;
const members = (node) => node.members;

/** Return what a node leads to by other relationships; one to its own container only says the membership again. */
const others = (node, direction) => unique(node[direction].filter((edge) => !node.joined.has(edge.node)));

const unique = (edges) => [...new Set(edges.map((edge) => edge.node))];
