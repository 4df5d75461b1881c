// A page opened so has a copy of this one's `sessionStorage`.
document.querySelector('button')?.addEventListener('click', () => void window.open('work.html'));
