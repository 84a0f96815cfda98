// SPDX-License-Identifier: Apache-2.0
import { html } from './html.js';
import { Dialog } from './dialog.js';
import { help, helping, lettersOn, setLetters } from './keys.js';

/** All keys, and the switch for those of one letter. */
export default function Help() {
  return html`<${Dialog} title="Keys" onClose=${() => (helping.value = false)}>
    <dl class="keys">${help.map(([keys, what]) => html`<dt><kbd>${keys}</kbd></dt><dd>${what}</dd>`)}</dl>
    <label class="check"><input type="checkbox" checked=${lettersOn.value}
      onChange=${(/** @type {any} */ event) => setLetters(event.target.checked)} /> Keys of one letter</label>
  <//>`;
}
