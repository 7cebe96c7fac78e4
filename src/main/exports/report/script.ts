/**
 * What runs in a report, as text: the page has no other script and no network. The events stand in script elements of type
 * application/json, some hundred to each, which a browser neither runs nor draws: they are made into elements when they come
 * near the window, and taken away again. Every text of theirs goes in as text.
 */
export const reportScript = String.raw`'use strict';
(() => {
  const kinds = { p: 'prompt', s: 'said', h: 'thought', t: 'tool', r: 'result', v: 'raw', n: 'note' };
  const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
  const chunks = [];
  const logs = new Map();
  for (const source of document.querySelectorAll('script[data-log]')) {
    const key = source.dataset.log;
    const chunk = { source, key, count: Number(source.dataset.count), place: null, shown: false };
    chunks.push(chunk);
    if (!logs.has(key)) logs.set(key, []);
    logs.get(key).push(chunk);
  }
  const readChunk = (chunk) => JSON.parse(chunk.source.textContent);
  const opened = new Set();
  const make = (name, className, text) => {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const draw = (chunk, event) => {
    const [number, at, letter, title, text, bad] = event;
    const kind = kinds[letter] || 'note';
    const row = make('div', 'e ' + kind + (bad ? ' isbad' : ''));
    row.dataset.number = number;
    const when = make('time', '', time.format(at));
    when.title = day.format(at);
    row.append(when);
    if (kind === 'said' || kind === 'prompt') {
      row.append(make('b', '', title), make('div', 'body', text || ''));
    } else if (text) {
      const fold = make('details');
      const id = chunk.key + ' ' + number;
      const open = () => {
        if (fold.childElementCount === 1) fold.append(make('div', 'body', text));
      };
      fold.append(make('summary', '', title));
      if (opened.has(id)) {
        fold.open = true;
        open();
      }
      fold.addEventListener('toggle', () => {
        if (!fold.isConnected) return;
        if (fold.open) {
          opened.add(id);
          open();
        } else opened.delete(id);
      });
      row.append(fold);
    } else row.append(make('span', '', title));
    return row;
  };
  const show = (chunk) => {
    if (chunk.shown || !chunk.place) return;
    chunk.shown = true;
    chunk.place.style.height = '';
    chunk.place.replaceChildren(...readChunk(chunk).map((event) => draw(chunk, event)));
  };
  const hide = (chunk) => {
    if (!chunk.shown) return;
    const height = chunk.place.offsetHeight;
    if (height === 0) return;
    chunk.shown = false;
    chunk.place.style.height = height + 'px';
    chunk.place.replaceChildren();
  };
  const byPlace = new WeakMap();
  // What was jumped to stays in the middle while what is around it takes its real height, until the reader moves.
  let target = null;
  const settle = () => {
    if (!target) return;
    const row = target.chunk.place.querySelector('[data-number="' + target.number + '"]');
    if (!row) return;
    row.classList.add('here');
    row.scrollIntoView({ block: 'center' });
  };
  for (const moved of ['wheel', 'touchmove', 'pointerdown', 'keydown']) {
    window.addEventListener(moved, () => (target = null), { passive: true, capture: true });
  }
  const near = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        const chunk = byPlace.get(entry.target);
        if (entry.isIntersecting) show(chunk);
        else if (chunk !== (target && target.chunk)) hide(chunk);
      }
      settle();
    },
    { rootMargin: '1200px 0px' },
  );
  const mount = (details) => {
    const log = details.querySelector('.log');
    if (log.dataset.mounted) return;
    log.dataset.mounted = 'yes';
    for (const chunk of logs.get(details.dataset.key) || []) {
      chunk.place = make('div');
      chunk.place.style.height = chunk.count * 34 + 'px';
      byPlace.set(chunk.place, chunk);
      log.append(chunk.place);
      near.observe(chunk.place);
    }
  };
  const instances = new Map();
  for (const details of document.querySelectorAll('details.instance')) {
    instances.set(details.dataset.key, details);
    details.addEventListener('toggle', () => {
      if (details.open) mount(details);
    });
    if (details.open) mount(details);
  }

  const find = document.getElementById('find');
  const count = document.getElementById('count');
  const list = document.getElementById('hits');
  let hits = [];
  let current = -1;
  let search = 0;
  const mostHits = 500;
  const jump = (index) => {
    const hit = hits[index];
    if (!hit) return;
    current = index;
    const details = instances.get(hit.chunk.key);
    details.open = true;
    mount(details);
    opened.add(hit.chunk.key + ' ' + hit.number);
    hide(hit.chunk);
    show(hit.chunk);
    for (const other of document.querySelectorAll('.here')) other.classList.remove('here');
    target = hit;
    settle();
    requestAnimationFrame(settle);
  };
  const snippet = (text, at, length) => {
    const from = Math.max(0, at - 50);
    const button = make('button');
    button.type = 'button';
    button.append(
      (from > 0 ? '…' : '') + text.slice(from, at),
      make('mark', '', text.slice(at, at + length)),
      text.slice(at + length, at + length + 90),
    );
    return button;
  };
  const found = (chunk, event, wanted) => {
    const [number, , , title, text] = event;
    const all = title + (text ? '\n' + text : '');
    const at = all.toLowerCase().indexOf(wanted);
    if (at < 0) return false;
    if (hits.length >= mostHits) return true;
    const index = hits.push({ chunk, number }) - 1;
    const item = make('li');
    const button = snippet(all.replace(/\s/g, ' '), at, wanted.length);
    button.addEventListener('click', () => jump(index));
    item.append(button);
    list.append(item);
    return true;
  };
  const start = () => {
    const wanted = find.value.trim().toLowerCase();
    const mine = ++search;
    let total = 0;
    let next = 0;
    hits = [];
    current = -1;
    list.replaceChildren();
    count.textContent = '';
    if (wanted.length < 2) return;
    const step = () => {
      if (mine !== search) return;
      const until = performance.now() + 25;
      while (next < chunks.length && performance.now() < until) {
        const chunk = chunks[next++];
        for (const event of readChunk(chunk)) if (found(chunk, event, wanted)) total += 1;
      }
      const more = next < chunks.length ? ' so far' : '';
      count.textContent = total.toLocaleString() + (total === 1 ? ' hit' : ' hits') + more + (total > mostHits ? ', the first ' + mostHits + ' listed' : '');
      if (next < chunks.length) setTimeout(step);
    };
    step();
  };
  let soon = 0;
  find.addEventListener('input', () => {
    clearTimeout(soon);
    soon = setTimeout(start, 200);
  });
  find.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    if (hits.length > 0) jump((current + (event.shiftKey ? hits.length - 1 : 1)) % hits.length);
  });
  document.getElementById('spoken').addEventListener('change', (event) => {
    document.body.classList.toggle('spoken', event.target.checked);
  });
  document.getElementById('tools').hidden = false;
})();
`;
