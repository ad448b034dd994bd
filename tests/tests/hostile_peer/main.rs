//! A peer that lies: paired, with the key of a device that is certified, and a program of his own.
//!
//! Nothing of what he is not allowed to write is applied, nothing that he sends brings the app down or holds it
//! up, and the honest exchange works right after. He is written from `docs/protocol.md` and
//! `docs/data-format.md`, without a line of the core's own encoder, so that the pages are tried too.
//!
//! | file | what it is for |
//! | --- | --- |
//! | `scene`, `raw` | the two whose plan it is; a bare endpoint on the wire |
//! | `liar` | the peer |
//! | `stage` | a plan in which everything that the table knows was written by both |
//! | `honest` | that he can speak honestly, which is what makes his lies worth something |
//! | `places`, `values` | what may not be written there, or not so |
//! | `authors` | whose change it is, and which one |
//! | `statements` | signatures that are not what they are shown as |
//! | `mutations` | thousands of real messages with something changed in them |
//! | `weights` | what frames take that are small and weigh a lot |
//! | `talk`, `on_the_wire` | frames out of turn, and whoever keeps no rules at all |
//! | `tickets`, `redeemer` | whoever has a ticket: cut off, lying, or saying again what was said elsewhere |
//! | `doors` | whoever stands at a door to hold it up, or to fill the house |
//! | `apart` | her app in a process of its own, which can be weighed |

mod apart;
mod authors;
mod doors;
mod honest;
mod liar;
mod mutations;
mod on_the_wire;
mod places;
mod raw;
mod redeemer;
mod scene;
mod stage;
mod statements;
mod talk;
mod tickets;
mod values;
mod weights;
