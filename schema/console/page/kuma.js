// SPDX-License-Identifier: Apache-2.0
/** The way to Kuma's own GUI of a control plane, and back to a place in it after signing in. */
import { html } from './html.js';
import { useEffect } from './hooks.js';
import { get, managerPath } from './api.js';
import { useLoad } from './load.js';
import { query } from './routes.js';
import { Screen } from './screen.js';
import { Empty, Shown } from './parts.js';

/** A place below the GUI's own address, and nowhere else. */
function place() {
  const at = query.value.get('at') ?? '';
  return /^(\/(?!.*(?:^|\/)\.\.(?:\/|$))[^\\#]*)?$/.test(at) ? at : '';
}

/** @param {{id: string}} properties */
export default function Kuma({ id }) {
  const index = useLoad(`${managerPath(id)}/api`);
  const gui = index.data?.gui;
  useEffect(() => {
    if (!gui) return;
    // The index is said to strangers too; whether this is the caller's control plane is not.
    get(managerPath(id)).then(() => location.replace(`${managerPath(id)}/gui${place() || '/'}`), () => {});
  }, [gui]);
  return html`<${Screen} title="Kuma GUI"><${Shown} of=${index}>${() => gui
    ? html`<p>Opening it.</p>`
    : html`<${Empty}><p>This daemon has no copy of Kuma's GUI.</p><p>Whoever runs it sets <code>kuma_gui_dir</code> to the folder
        <code>app/kuma-ui/pkg/resources/data</code> of Kuma's source archive.</p><//>`}<//><//>`;
}
