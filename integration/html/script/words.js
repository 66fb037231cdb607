"use strict";

/** Return a number with commas. */
const number = (value) => value.toLocaleString("en-US");

/** Return a number with the noun that fits it. */
const counted = (value, one, many) => `${number(value)} ${value === 1 ? one : many}`;

/** Return an element. Functions among the attributes are listeners; children that are no elements become text. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (typeof value === "boolean") element.toggleAttribute(name, value);
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Return a button that looks like a link. */
const link = (text, click) => make("button", { type: "button", class: "link", click }, text);

/** Tell whether a value is a time: JupiterOne's are milliseconds, in properties that end in On or DateTime. */
const isTime = (name, value) => typeof value === "number" && value > 1e11 && /(On|DateTime)$/.test(name);

/** Return a property's value as a person reads it. */
function worded(name, value) {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.join(", ");
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (isTime(name, value)) return new Date(value).toISOString().slice(0, 16).replace("T", " ");
  return String(value);
}

/** Return what a type of relationships means for an entity at one of its ends. */
function meaning(relationship, isOut) {
  if (relationship.isMembership) return isOut ? `Members: ${relationship.to}` : `Member of: ${relationship.from}`;
  return isOut ? `${relationship.class} → ${relationship.to}` : `← ${relationship.class}, from ${relationship.from}`;
}
