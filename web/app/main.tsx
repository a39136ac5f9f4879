import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.js";
import "./styles.js";

const root = document.getElementById("root");
if (!root) throw new Error("index.html: no #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
