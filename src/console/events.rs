//! The live inbox: a stream that tells a page how many notices there are, whenever that changes.
//!
//! It tells counts, and kind and office of the newest immediate notice, so no list is shown and nothing is written. A stream
//! keeps no session alive, and ends with its session, when its session has newer ones, when nobody reads it, and when the
//! node drains.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::response::Response;
use axum::response::sse::Event;
use axum::response::sse::Sse;
use serde_json::json;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;

use crate::console::Desk;
use crate::console::visitor::Visitor;
use crate::i18n::Words;
use crate::limits;
use crate::office::call::Call;
use crate::office::standing::Counts;
use crate::wire::NoticeKind;

/// What a page is sent.
type Events = mpsc::Sender<Result<Event, Infallible>>;

pub(super) async fn events(visitor: Visitor) -> Response {
    let Visitor { desk, cookie, words, .. } = visitor;
    let Some(stream) = watcher(&desk, &cookie).and_then(|()| desk.sessions.stream(&cookie)) else {
        // A browser that is told this does not ask again.
        return StatusCode::NO_CONTENT.into_response();
    };
    let ended = stream.clone().drop_guard();
    let Ok(room) = Arc::clone(&desk.streams).try_acquire_owned() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let (events, receiver) = mpsc::channel(1);
    tokio::spawn(async move {
        watch(&desk, &words, &cookie, &stream, &events).await;
        drop((room, ended));
    });
    Sse::new(ReceiverStream::new(receiver)).into_response()
}

/// Whether there is a session of this cookie, of an officer who may see lists.
fn watcher(desk: &Desk, cookie: &str) -> Option<()> {
    let session = desk.sessions.peek(cookie)?;
    let enrolled = desk.api.enrolled(&session.signed_in)?;
    let hub = &desk.api.hub;
    let permitted = hub.shared.officers().permit(session.signed_in.officer(), Call::List, hub.node_time()).is_ok();
    (permitted && !enrolled.one_time).then_some(())
}

async fn watch(desk: &Desk, words: &Words, cookie: &str, stream: &CancellationToken, events: &Events) {
    let hub = &desk.api.hub;
    let mut pulse = hub.commits.pulse();
    let mut beats = tokio::time::interval(Duration::from_millis(limits::STREAM_BEAT_MS));
    beats.reset();
    let (mut told, mut beat) = (None, false);
    loop {
        pulse.borrow_and_update();
        // A leaver is shut out here as well.
        if watcher(desk, cookie).is_none() {
            return;
        }
        let Ok(news) = desk.api.news().await else { return };
        let event = match () {
            () if told != Some(news) => Some(event(words, news)),
            () if beat => Some(Event::default().comment("")),
            () => None,
        };
        told = Some(news);
        if let Some(event) = event {
            let sent = tokio::select! {
                sent = events.send(Ok(event)) => sent.is_ok(),
                // Whoever reads no more ends with the session as well.
                () = stream.cancelled() => false,
                () = hub.drain.cancelled() => false,
            };
            if !sent {
                return;
            }
        }
        let pause = tokio::time::sleep(Duration::from_millis(limits::STREAM_PAUSE_MS));
        let next = async {
            // A time comes for what becomes overdue as well.
            tokio::select! {
                changed = pulse.changed() => changed.is_ok().then_some(false),
                _ = beats.tick() => Some(true),
            }
        };
        let woken = tokio::select! {
            (woken, ()) = async { tokio::join!(next, pause) } => woken,
            () = stream.cancelled() => return,
            () = events.closed() => return,
            () = hub.drain.cancelled() => return,
        };
        let Some(is_beat) = woken else { return };
        beat = is_beat;
    }
}

fn event(words: &Words, (counts, sent): (Counts, u64)) -> Event {
    let Counts { needs_action, in_progress, done, exercise, immediate, newest, .. } = counts;
    let all = needs_action + in_progress + done + exercise;
    let newest = newest.map(|(_, kind, office)| {
        let names = [("kind", words.label::<NoticeKind>(kind.into())), ("office", office.to_string())];
        words.say("console-arrived-immediate", &names)
    });
    let counts = json!({ "all": all, "action": needs_action, "immediate": immediate, "newest": newest, "sent": sent });
    Event::default().event("counts").data(counts.to_string())
}
