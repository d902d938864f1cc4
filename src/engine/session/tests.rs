//! The machine against arbitrary events, and two machines against a link that breaks.
