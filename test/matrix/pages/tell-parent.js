// What the SDK says in a frame of another site, which nobody can look into from there.
if (window !== window.top) {
  window.addEventListener('nightlatch', (event) => {
    const { type, reason } = /** @type {CustomEvent<{ type: string, reason?: string }>} */ (event).detail;
    const { contentVisibility, display } = document.body ? getComputedStyle(document.body) : {};
    const covered = contentVisibility === 'hidden' || display === 'none';
    parent.postMessage({ what: type, at: Date.now(), covered, detail: { reason } }, '*');
  });
}
