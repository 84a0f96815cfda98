// SPDX-License-Identifier: Apache-2.0
/** Filters of a list, with the server's counts; each can be turned round, and all stand in the address. */
import { html } from './html.js';
import { useEffect, useState } from './hooks.js';
import { change, query } from './routes.js';
import { number } from './words.js';

const kNot = '!';

/** @param {string} name @returns {{value: string, not: boolean}} */
export function chosen(name) {
  const text = query.value.get(name) ?? '';
  return text.startsWith(kNot) ? { value: text.slice(1), not: true } : { value: text, not: false };
}

/** What the API calls it. @param {string} name of the address @param {string} field of the API */
export function filterOf(name, field) {
  const { value, not } = chosen(name);
  return value ? { [`filter[${field}]${not ? '[neq]' : ''}`]: value } : {};
}

/** @param {{name: string, title: string, values: {value: string, count: number, name?: string}[]}} properties */
export function Facet({ name, title, values = [] }) {
  const { value, not } = chosen(name);
  const known = values.some((one) => one.value === value);
  return html`<div class="facet">
    <label class="field inline">${title}
      <select onChange=${(/** @type {any} */ event) => change({ [name]: event.target.value && (not ? kNot : '') + event.target.value })}>
        <option value="" selected=${!value}>any</option>
        ${value && !known && html`<option key=${value} value=${value} selected>${value}</option>`}
        ${values.map((one) => html`<option key=${one.value} value=${one.value} selected=${one.value === value}>${one.name ?? one.value} (${number(one.count)})</option>`)}
      </select></label>
    ${value && html`<button type="button" class="small" aria-pressed=${not} aria-label=${`${title}: all but this`}
      onClick=${() => change({ [name]: (not ? '' : kNot) + value })}>not</button>`}
  </div>`;
}

/** A text that is looked for once nothing was typed for a moment. @param {{name: string, title: string}} properties */
export function Containing({ name, title }) {
  const text = query.value.get(name) ?? '';
  const [typed, setTyped] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => change({ [name]: typed.trim() }), 150);
    return () => clearTimeout(timer);
  }, [typed]);
  useEffect(() => setTyped(text), [text]);
  return html`<label class="field inline">${title} <input type="search" value=${typed}
    onInput=${(/** @type {any} */ event) => setTyped(event.target.value)} /></label>`;
}
