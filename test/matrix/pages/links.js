// Notes that the page was about to be left. With `?ask` it asks the person whether to leave.
addEventListener('beforeunload', (event) => {
  dispatchEvent(new CustomEvent('nightlatch', { detail: { type: 'about to be left' } }));
  if (location.search === '?ask') event.preventDefault();
});
