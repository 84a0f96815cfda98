// SPDX-License-Identifier: Apache-2.0
/** What each screen has, and parts whose module is read when they are first shown. */
import { html } from './html.js';
import { useEffect, useRef, useState } from './hooks.js';
import { path } from './routes.js';
import { Skeleton } from './parts.js';

let before = '';

/** @param {{title: string, above?: any, aside?: any, children?: any}} properties */
export function Screen({ title, above, aside, children }) {
  const heading = useRef(/** @type {HTMLElement|null} */ (null));
  const here = path.value;
  useEffect(() => {
    document.title = `${title} · Skyden`;
  }, [title]);
  useEffect(() => {
    if (before && before !== here) heading.current?.focus({ preventScroll: true });
    before = here;
  }, [here]);
  return html`<main id="content">
    ${above && html`<p class="above">${above}</p>`}
    <div class="title"><h1 tabindex="-1" ref=${heading}>${title}</h1>${aside && html`<div class="aside">${aside}</div>`}</div>
    ${children}
  </main>`;
}

/** @type {Map<Function, any>} */
const read = new Map();

/**
 * @param {{load: () => Promise<{default: any}>, quiet?: boolean, [name: string]: any}} properties
 *   load: always the same function for the same part; quiet: nothing is shown meanwhile
 */
export function Lazy({ load, quiet = false, ...rest }) {
  const [failed, setFailed] = useState(false);
  const [, draw] = useState(0);
  useEffect(() => {
    if (read.has(load)) return;
    load().then(
      (module) => {
        read.set(load, module.default);
        draw((n) => n + 1);
      },
      () => setFailed(true),
    );
  }, [load]);
  const Part = read.get(load);
  if (Part) return html`<${Part} ...${rest} />`;
  if (failed) {
    return html`<div class="state failure" role="alert"><p>A part of this page cannot be read: the daemon is away, or a
      newer one has taken its place.</p><p><button type="button" onClick=${() => location.reload()}>Reload</button></p></div>`;
  }
  return quiet ? null : html`<${Skeleton} />`;
}
