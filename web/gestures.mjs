// Wheel, mouse, touch and keys, as what they mean to a viewer.

/**
 * @param {HTMLElement} element
 * @param {{zoom: Function, move: Function, point: Function, isOnSlider: Function, slide: Function,
 *   fit: Function}} actions `zoom(factor, x, y)` about a point of the element, `move(dx, dy)`,
 *   `point(x, y)`, `slide(x)` while one drags what `isOnSlider(x)` names
 */
export function listen(element, actions) {
  const pointers = new Map();
  let isSliding = false;

  const place = (event) => {
    const { left, top } = element.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  /** The middle of all pointers, and how far two are apart. */
  const spread = () => {
    const all = [...pointers.values()];
    const x = all.reduce((sum, p) => sum + p.x, 0) / all.length;
    const y = all.reduce((sum, p) => sum + p.y, 0) / all.length;
    const apart = all.length > 1 ? Math.hypot(all[0].x - all[1].x, all[0].y - all[1].y) : 0;
    return { x, y, apart };
  };

  element.addEventListener('wheel', (event) => {
    event.preventDefault();
    const { x, y } = place(event);
    // Lines and pages, in which some wheels count, are about 16 and 400 pixels.
    const pixels = event.deltaY * [1, 16, 400][event.deltaMode];
    // A pinch on a touchpad comes as a wheel with Control, and small steps.
    actions.zoom(Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.002)), x, y);
  }, { passive: false });

  element.addEventListener('pointerdown', (event) => {
    // Events that scripts make have no pointer to capture.
    try { element.setPointerCapture(event.pointerId); } catch { /* goes on without */ }
    const at = place(event);
    isSliding = pointers.size === 0 && actions.isOnSlider(at.x);
    pointers.set(event.pointerId, at);
  });
  element.addEventListener('pointermove', (event) => {
    const at = place(event);
    actions.point(at.x, at.y);
    if (!pointers.has(event.pointerId)) {
      element.style.cursor = actions.isOnSlider(at.x) ? 'ew-resize' : 'grab';
      return;
    }
    const before = spread();
    pointers.set(event.pointerId, at);
    if (isSliding) {
      actions.slide(at.x);
      return;
    }
    const after = spread();
    actions.move(after.x - before.x, after.y - before.y);
    if (before.apart > 0) actions.zoom(after.apart / before.apart, after.x, after.y);
  });
  const end = (event) => {
    pointers.delete(event.pointerId);
    isSliding = false;
  };
  element.addEventListener('pointerup', end);
  element.addEventListener('pointercancel', end);
  element.addEventListener('dblclick', (event) => {
    const { x, y } = place(event);
    actions.zoom(2, x, y);
  });

  const step = 60;
  const keys = {
    '+': () => actions.zoom(2), '=': () => actions.zoom(2), '-': () => actions.zoom(0.5),
    0: () => actions.fit(), ArrowLeft: () => actions.move(step, 0),
    ArrowRight: () => actions.move(-step, 0), ArrowUp: () => actions.move(0, step),
    ArrowDown: () => actions.move(0, -step),
  };
  element.addEventListener('keydown', (event) => {
    if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    keys[event.key]();
  });
}
