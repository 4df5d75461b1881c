import { NightlatchProvider } from 'nightlatch/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Administration } from './administration.js';
import { latch, screen } from './session.js';
import '../../app/src/kit/styles/index.css';
import './admin.css';

screen.start();

const root = document.getElementById('root');
if (!root) throw new Error('The page has no #root.');
createRoot(root).render(
  <StrictMode>
    <NightlatchProvider latch={latch}>
      <Administration />
    </NightlatchProvider>
  </StrictMode>,
);
