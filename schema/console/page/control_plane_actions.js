// SPDX-License-Identifier: Apache-2.0
/** What can be done to a control plane as a whole. */
import { html } from './html.js';
import { useState } from './hooks.js';
import { managerPath, send, write } from './api.js';
import { useLoad } from './load.js';
import { controlPlanePath, go } from './routes.js';
import { Copy } from './parts.js';
import { Confirm, Dialog, Field, Form } from './dialog.js';
import { done } from './announce.js';
import { Time } from './words.js';

/** @param {{of: any, onClose: () => void}} properties */
function Kumactl({ of, onClose }) {
  const text = `kumactl config control-planes add --name ${of.name.replaceAll(/[^A-Za-z0-9._-]/g, '-')} \\\n  --address ${location.origin}${managerPath(of.id)}/api \\\n  --headers "authorization=Bearer $SKYDEN_TOKEN"`;
  return html`<${Dialog} title="kumactl" onClose=${onClose} wide><pre tabindex="0">${text}</pre><footer><${Copy} text=${text} what="the command" /></footer><//>`;
}

/** @param {{of: any, onClose: () => void, onChange: () => void}} properties */
function Suspend({ of, onClose, onChange }) {
  const act = async (/** @type {Record<string, string>} */ fields) => {
    await write('POST', `${managerPath(of.id)}/ops/suspend`, { reason: fields.reason });
    done(`Suspended ${of.name}.`, { href: `${controlPlanePath(of.id)}/changes`, link: 'Its entry' });
    onChange();
    onClose();
  };
  return html`<${Dialog} title=${`Suspend ${of.name}`} onClose=${onClose}>
    <p>Connections of its zones end, and writes are refused, until it is resumed. Nothing is lost.</p>
    <${Form} verb="Suspend" onDo=${act} onClose=${onClose} confirm=${of.name}><${Field} name="reason" title="Reason" /><//><//>`;
}

/** @param {{of: any, onClose: () => void}} properties */
function ShareToken({ of, onClose }) {
  const [made, setMade] = useState(/** @type {any} */ (null));
  const act = async (/** @type {Record<string, string>} */ fields) => {
    setMade(await write('POST', `${managerPath(of.id)}/ops/share-token`, { name: fields.name, ttl_seconds: Number(fields.days) * 86400 }));
    done(`Made a token that reads ${of.name}.`, { href: `${controlPlanePath(of.id)}/changes`, link: 'Its entry' });
  };
  return html`<${Dialog} title=${`A token that reads ${of.name}`} onClose=${onClose}>${made
    ? html`<p>It is shown once, and ends <${Time} at=${made.expires_at} />.</p><pre tabindex="0">${made.token}</pre>
        <footer><${Copy} text=${made.token} what="the token" /><button type="button" onClick=${onClose}>Done</button></footer>`
    : html`<${Form} verb="Make the token" onDo=${act} onClose=${onClose}><${Field} name="name" title="For whom" required />
        <${Field} name="days" title="Days" type="number" min="1" max="365" value="14" required /><//>`}<//>`;
}

/** @param {{of: any, onClose: () => void}} properties */
function Delete({ of, onClose }) {
  const act = async () => {
    await send('DELETE', managerPath(of.id));
    done(`Deleted ${of.name}.`, { href: '/console/audit?action=control_plane.delete', link: 'Its entry' });
    go('/console/');
  };
  return html`<${Confirm} title=${`Delete ${of.name}`} verb="Delete" name=${of.name} onClose=${onClose} onDo=${act}>
    <p>The control plane and everything in it. It is refused while zones are connected.</p><//>`;
}

/** @param {{of: any, onChange: () => void}} properties */
export function Actions({ of, onChange }) {
  const [open, setOpen] = useState('');
  const gui = useLoad(`${managerPath(of.id)}/api`).data?.gui;
  const close = () => setOpen('');
  const resume = async () => {
    await write('POST', `${managerPath(of.id)}/ops/resume`);
    done(`Resumed ${of.name}.`, { href: `${controlPlanePath(of.id)}/changes`, link: 'Its entry' });
    onChange();
  };
  const choose = (/** @type {string} */ what) => (/** @type {any} */ event) => {
    event.target.closest('details').open = false;
    setOpen(what);
  };
  return html`${gui ? html`<a class="button" href=${`${controlPlanePath(of.id)}/kuma`}>Open Kuma GUI</a>` : html`<button type="button" onClick=${() => setOpen('gui')}>Open Kuma GUI</button>`}
    <details class="menu"><summary>More</summary><div>
      <button type="button" onClick=${choose('kumactl')}>Set up kumactl</button>
      <a href=${`${managerPath(of.id)}/ops/export`} download=${`${of.name}.yaml`}>Export</a>
      <button type="button" onClick=${choose('share')}>Share a token that reads</button>
      ${of.suspension ? html`<button type="button" onClick=${resume}>Resume</button>` : html`<button type="button" onClick=${choose('suspend')}>Suspend</button>`}
      <button type="button" class="danger" onClick=${choose('delete')}>Delete</button></div></details>
    ${open === 'gui' && html`<${Dialog} title="Kuma's own GUI" onClose=${close}><p>This daemon has no copy of it. Whoever runs the daemon sets
      <code>kuma_gui_dir</code> to one: the folder <code>app/kuma-ui/pkg/resources/data</code> of Kuma's source archive, of the version
      that is wanted.</p><//>`}
    ${open === 'kumactl' && html`<${Kumactl} of=${of} onClose=${close} />`}
    ${open === 'suspend' && html`<${Suspend} of=${of} onClose=${close} onChange=${onChange} />`}
    ${open === 'share' && html`<${ShareToken} of=${of} onClose=${close} />`}
    ${open === 'delete' && html`<${Delete} of=${of} onClose=${close} />`}`;
}
