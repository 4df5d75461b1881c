import { NightlatchProvider } from 'nightlatch/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import { drafts, latch, screen } from './session.js';
import { comeBack } from './sign-in/come-back.js';
import './kit/styles/index.css';
import './app.css';

function begin(): void {
  // Before the pages follow the session: what is in a form is read before its page goes.
  drafts.start();
  screen.start();

  const root = document.getElementById('root');
  if (!root) throw new Error('The page has no #root.');
  createRoot(root).render(
    <StrictMode>
      <NightlatchProvider latch={latch}>
        <App />
      </NightlatchProvider>
    </StrictMode>,
  );
}

void comeBack().then((isToWorkIn) => {
  if (isToWorkIn) begin();
});
