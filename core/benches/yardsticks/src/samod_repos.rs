//! The same plan in two repositories of samod, which carries Automerge's sync with announcements around it, over a
//! link in memory that counts.

use std::convert::Infallible;
use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use automerge::{Automerge, Change};
use common_ground::exchange::measuring::{Clocks, Cost, Pair};
use futures::channel::mpsc;
use futures::{SinkExt, StreamExt};
use samod::{AcceptorHandle, BackoffConfig, DialError, Dialer, DialerHandle, DocHandle, Repo, Transport};
use tokio::runtime::Runtime;

/// How long nothing must be said before all is said.
const QUIET: Duration = Duration::from_millis(50);

/// What went over the link, counted.
#[derive(Default)]
struct Tally {
    bytes: AtomicUsize,
    messages: AtomicUsize,
    /// For each side the longest chain of messages, each sent after the one before was heard, that it has heard.
    heard: [AtomicUsize; 2],
    longest: AtomicUsize,
}

impl Tally {
    fn sent(&self, side: usize, message: &[u8]) -> usize {
        self.bytes.fetch_add(message.len(), Ordering::SeqCst);
        self.messages.fetch_add(1, Ordering::SeqCst);
        let chain = self.heard[side].load(Ordering::SeqCst) + 1;
        self.longest.fetch_max(chain, Ordering::SeqCst);
        chain
    }
}

/// A link from the first to the second.
struct Wire {
    acceptor: AcceptorHandle,
    tally: Arc<Tally>,
}

impl Wire {
    /// One side's end of the link.
    fn end(
        &self,
        side: usize,
        to: mpsc::UnboundedSender<(usize, Vec<u8>)>,
        from: mpsc::UnboundedReceiver<(usize, Vec<u8>)>,
    ) -> Transport {
        let (sending, hearing) = (Arc::clone(&self.tally), Arc::clone(&self.tally));
        let stream = from.map(move |(chain, message)| {
            hearing.heard[side].fetch_max(chain, Ordering::SeqCst);
            Ok::<_, Infallible>(message)
        });
        let sink = to.with(move |message: Vec<u8>| {
            ready(Ok::<_, mpsc::SendError>((sending.sent(side, &message), message)))
        });
        Transport::new(stream, sink)
    }
}

impl Dialer for Wire {
    type Error = Infallible;

    fn url(&self) -> samod::Url {
        samod::Url::parse("memory:wire").unwrap()
    }

    fn connect(&self) -> Pin<Box<dyn Future<Output = Result<Transport, DialError<Infallible>>> + Send>> {
        let ((to_two, at_two), (to_one, at_one)) = (mpsc::unbounded(), mpsc::unbounded());
        let accepted = self.acceptor.accept(self.end(1, to_one, at_two));
        let own = self.end(0, to_two, at_one);
        Box::pin(async move {
            accepted.map_err(DialError::transient)?;
            Ok(own)
        })
    }
}

/// Two repositories that both hold the plan.
pub(crate) struct Repos {
    runtime: Runtime,
    one: Repo,
    two: Repo,
    acceptor: AcceptorHandle,
    documents: [DocHandle; 2],
}

impl Repos {
    /// The first has the plan, the second asks for it; what that took.
    pub(crate) fn first(plan: &Pair) -> Cost {
        Self::begin(plan).1
    }

    /// Two that are level.
    pub(crate) fn level(plan: &Pair) -> Self {
        Self::begin(plan).0
    }

    fn begin(plan: &Pair) -> (Self, Cost) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let document = plan.documents()[0].clone();
        let (one, two, acceptor, here) = runtime.block_on(async {
            let (one, two) = (Repo::build_tokio().load().await, Repo::build_tokio().load().await);
            let acceptor = two.make_acceptor(samod::Url::parse("memory:door").unwrap()).unwrap();
            let here = one.create(document).await.unwrap();
            (one, two, acceptor, here)
        });
        let tally = Arc::<Tally>::default();
        let id = here.document_id().clone();
        let (there, cost, dialer) = runtime.block_on(async {
            let clocks = Clocks::start();
            let dialer = dial(&one, &acceptor, &tally);
            one.when_connected(two.peer_id()).await.unwrap();
            let there = two.find(id).await.unwrap().expect("the first has it");
            until_level(&[&here, &there]).await;
            let times = clocks.stop();
            (there, settled(&tally, times).await, dialer)
        });
        let repos = Self { runtime, one, two, acceptor, documents: [here, there] };
        repos.part(&dialer);
        (repos, cost)
    }

    /// Both edit apart, as the two of `apart` did.
    pub(crate) fn edit(self, plan: &Pair, apart: &Pair) -> Self {
        for ((document, before), after) in self.documents.iter().zip(plan.documents()).zip(apart.documents())
        {
            let changes: Vec<Change> = after.get_changes(&before.get_heads());
            document.with_document(|document: &mut Automerge| document.apply_changes(changes).unwrap());
        }
        self
    }

    /// They meet again; what that took.
    pub(crate) fn meet(self) -> Cost {
        let tally = Arc::<Tally>::default();
        self.runtime.block_on(async {
            let [here, there] = &self.documents;
            let clocks = Clocks::start();
            let _dialer = dial(&self.one, &self.acceptor, &tally);
            let to_two = self.one.when_connected(self.two.peer_id()).await.unwrap().id();
            let to_one = self.two.when_connected(self.one.peer_id()).await.unwrap().id();
            futures::join!(
                here.they_have_our_changes(to_two),
                here.we_have_their_changes(to_two),
                there.they_have_our_changes(to_one),
                there.we_have_their_changes(to_one),
            );
            until_level(&[here, there]).await;
            let times = clocks.stop();
            settled(&tally, times).await
        })
    }

    /// Cuts the link and waits until both know.
    fn part(&self, dialer: &DialerHandle<Infallible>) {
        dialer.close();
        self.runtime.block_on(async {
            while !self.one.connected_peers().0.is_empty() || !self.two.connected_peers().0.is_empty() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        });
    }
}

fn dial(one: &Repo, acceptor: &AcceptorHandle, tally: &Arc<Tally>) -> DialerHandle<Infallible> {
    let wire = Wire { acceptor: acceptor.clone(), tally: Arc::clone(tally) };
    one.dial(BackoffConfig::default(), Arc::new(wire)).unwrap()
}

async fn until_level(documents: &[&DocHandle; 2]) {
    loop {
        let [here, there] = documents.map(|document| document.with_document(|document| document.get_heads()));
        if here == there {
            return;
        }
        tokio::task::yield_now().await;
    }
}

/// Waits until nothing is said any more, and tells what was.
async fn settled(tally: &Tally, (busy, passed): (Duration, Duration)) -> Cost {
    let mut before = usize::MAX;
    while tally.messages.load(Ordering::SeqCst) != before {
        before = tally.messages.load(Ordering::SeqCst);
        tokio::time::sleep(QUIET).await;
    }
    let count = |counter: &AtomicUsize| counter.load(Ordering::SeqCst);
    Cost {
        busy,
        passed,
        bytes: count(&tally.bytes),
        frames: count(&tally.messages),
        flights: count(&tally.longest),
    }
}
