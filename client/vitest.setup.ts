// jsdom lays nothing out, so it has neither of these; charts ask for their width through the first.
class NoLayout {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
globalThis.ResizeObserver ??= NoLayout;
if (globalThis.Element) Element.prototype.scrollIntoView ??= () => {};
