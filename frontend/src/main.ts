// What every page loads: the look.
import "./styles/main.css";
