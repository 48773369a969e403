import '@cloudscape-design/global-styles/index.css';
import './style.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { loadConfig } from './config.ts';
import { BrokenStart } from './parts/broken-start.tsx';
import { followTheme } from './shell/theme.ts';

/** Starts the dashboard, once it knows where people sign in. */

followTheme();
const root = createRoot(document.getElementById('root') ?? document.body);
loadConfig().then(
  (config) => root.render(<App config={config} />),
  () => root.render(<BrokenStart />),
);
