import { NightlatchProvider } from 'nightlatch/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import { latch, screen } from './session.js';
import './kit/styles/index.css';
import './app.css';

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
