// SPDX-License-Identifier: Apache-2.0
/** Small parts that all screens have. */
import { html } from './html.js';
import { useState } from './hooks.js';
import { announce } from './announce.js';
import { states } from './words.js';

/** A shape and its colour, beside a word that says the same. @param {{kind: string}} properties */
export const Sign = ({ kind }) => html`<span class="sign ${kind}" aria-hidden="true"></span>`;

/** The sign is drawn before the word by its style. @param {{status: string}} properties of a zone */
export function Status({ status }) {
  const { sign, word } = states[status] ?? { sign: 'unknown', word: status };
  return html`<span class="status ${sign}">${word}</span>`;
}

/**
 * A button that is busy while what it does goes on.
 * @param {{onPress: () => unknown, kind?: string, children?: any, disabled?: boolean, label?: string}} properties
 */
export function Button({ onPress, kind = '', children, disabled = false, label }) {
  const [busy, setBusy] = useState(false);
  const press = async () => {
    if (busy) return;
    setBusy(true);
    try {
      await onPress();
    } finally {
      setBusy(false);
    }
  };
  return html`<button type="button" class=${kind} disabled=${disabled} aria-busy=${busy} aria-label=${label}
    onClick=${press}>${children}</button>`;
}

/** Puts a text into the clipboard, when it is pressed. @param {{text: string, what: string}} properties */
export function Copy({ text, what }) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      announce(`Copied ${what}.`);
    } catch {
      announce(`The browser does not let ${what} be copied: select it instead.`);
    }
  };
  return html`<${Button} kind="small" onPress=${copy} label=${`Copy ${what}`}>Copy<//>`;
}

/** What failed, in the server's words. @param {{problem: import('./api.js').Problem, again?: () => void}} properties */
export function Failure({ problem, again }) {
  const gone = problem.status === 404;
  const denied = problem.status === 403;
  return html`<div class="state failure" role="alert">
    <p><${Sign} kind=${gone || denied ? 'unknown' : 'bad'} />
      ${gone ? 'Not found. It is gone, never was, or is not yours.' : problem.detail}</p>
    ${denied && html`<p class="muted">An administrator of the organization can grant it: Access, then your account.</p>`}
    ${problem.fields.length > 0 && html`<ul>${problem.fields.map((one) => html`<li>${one.field}: ${one.reason}</li>`)}</ul>`}
    ${problem.request && !gone && html`<p class="muted">Request <code>${problem.request}</code> <${Copy}
      text=${problem.request} what="the request id" /></p>`}
    ${again && !gone && !denied && html`<p><${Button} onPress=${again}>Try again<//></p>`}
  </div>`;
}

/** What would be here, and what makes it. @param {{children?: any}} properties */
export const Empty = ({ children }) => html`<div class="state empty">${children}</div>`;

/** Grey rows where text will be. @param {{rows?: number}} properties */
export const Skeleton = ({ rows = 5 }) => html`<div class="skeleton" role="status" aria-label="Loading">
  ${Array.from({ length: rows }, (_, i) => html`<div key=${i}></div>`)}
</div>`;

/**
 * The states that whatever is read has. `children` shows the data.
 * @param {{of: import('./load.js').Loaded<any>, rows?: number, children: (data: any) => any}} properties
 */
export function Shown({ of, rows, children }) {
  const { data, problem, slow, reload } = of;
  return html`
    ${problem && problem.status !== 401 && html`<${Failure} problem=${problem} again=${reload} />`}
    ${data === undefined && !problem && slow && html`<${Skeleton} rows=${rows} />`}
    ${data !== undefined && children(data)}`;
}

/**
 * A part of a screen under its heading.
 * @param {{title: string, aside?: any, children?: any}} properties
 */
export const Panel = ({ title, aside, children }) => html`<section class="panel" aria-label=${title}>
  <header><h2>${title}</h2>${aside}</header>${children}</section>`;
