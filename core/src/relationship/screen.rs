//! A pairing as the person sees it: the ticket, the words, and how it ended.

use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use super::{Confirmation, PairingCode, PairingTicket, Relationship, WayOfMeeting, terms};
use crate::{Error, Result};

/// What the person says.
pub(crate) enum Said {
    /// The words are the same.
    Confirm(Confirmation),
    /// They are not, or one changed one's mind.
    Decline,
}

/// What there is to see.
#[derive(Default)]
struct Shown {
    code: Option<PairingCode>,
    outcome: Option<Result<Relationship>>,
}

/// The other end of a [`Pairing`], for whoever carries it.
pub(crate) struct Screen {
    /// What the person says; nothing more once the pairing is dropped.
    pub(crate) says: mpsc::UnboundedReceiver<Said>,
    shown: watch::Sender<Shown>,
}

impl Screen {
    /// Shows the code of words.
    pub(crate) fn show_code(&self, code: PairingCode) {
        self.shown.send_modify(|shown| shown.code = Some(code));
    }

    /// Shows how it ended; what was shown first stays.
    pub(crate) fn show_outcome(&self, outcome: Result<Relationship>) {
        self.shown.send_modify(|shown| {
            shown.outcome.get_or_insert(outcome);
        });
    }

    /// Whether the person knows how it ended.
    pub(crate) fn has_outcome(&self) -> bool {
        self.shown.borrow().outcome.is_some()
    }
}

/// A pairing under way. Dropping it before one has confirmed ends it. Nothing of it blocks: its calls can be awaited on the
/// main thread.
#[derive(uniffi::Object)]
pub struct Pairing {
    ticket: Option<PairingTicket>,
    way: WayOfMeeting,
    says: mpsc::UnboundedSender<Said>,
    shown: watch::Receiver<Shown>,
}

impl Pairing {
    /// A pairing and its other end.
    pub(crate) fn new(ticket: Option<PairingTicket>, way: WayOfMeeting) -> (Arc<Self>, Screen) {
        let (shows, shown) = watch::channel(Shown::default());
        let (says, said) = mpsc::unbounded_channel();
        (Arc::new(Self { ticket, way, says, shown }), Screen { says: said, shown: shows })
    }

    async fn outcome(&self) -> Result<Relationship> {
        let mut shown = self.shown.clone();
        let shown = shown.wait_for(|shown| shown.outcome.is_some()).await.map_err(|_| Error::Closed)?;
        shown.outcome.clone().unwrap_or(Err(Error::Closed))
    }
}

#[uniffi::export]
impl Pairing {
    /// The ticket to show, on the side that offers.
    #[must_use]
    pub fn ticket(&self) -> Option<PairingTicket> {
        self.ticket.clone()
    }

    /// How the two will meet once they have paired, as the ticket says.
    #[must_use]
    pub fn way(&self) -> WayOfMeeting {
        self.way.clone()
    }

    /// Waits for the other device and returns the code of words.
    ///
    /// # Errors
    /// [`crate::Error::Pairing`], [`crate::Error::Closed`].
    pub async fn code(&self) -> Result<PairingCode> {
        let mut shown = self.shown.clone();
        let shown = shown
            .wait_for(|shown| shown.code.is_some() || shown.outcome.is_some())
            .await
            .map_err(|_| Error::Closed)?;
        match (&shown.outcome, &shown.code) {
            (Some(Err(error)), _) => Err(error.clone()),
            (_, Some(code)) => Ok(code.clone()),
            (_, None) => Err(Error::Closed),
        }
    }

    /// Says that the words are the same and that this person has read what will be shared, and waits until the other
    /// person says so too. Only then is anything stored. A cut while waiting is mended by itself, until the ticket
    /// expires; who stops waiting has confirmed all the same.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a version of the text that is not [`super::TERMS_VERSION`]: nothing is confirmed
    /// then; [`crate::Error::Pairing`], [`crate::Error::Closed`].
    pub async fn confirm(&self, how: Confirmation) -> Result<Relationship> {
        if let Confirmation::Compared { read_terms } = how {
            terms::must_be_of_now(read_terms)?;
        }
        self.code().await?;
        // It fails only when all is over, and then there is an outcome.
        let _ = self.says.send(Said::Confirm(how));
        self.outcome().await
    }

    /// Says that the words differ, or that one changed one's mind. Nothing is stored on either side.
    /// Too late once one has confirmed: then it waits like [`Pairing::confirm`].
    pub async fn decline(self: Arc<Self>) {
        let _ = self.says.send(Said::Decline);
        // How it ended is not asked for here.
        let _ = self.outcome().await;
    }
}
