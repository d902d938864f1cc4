//! Attachments: officers bring files in, nodes pull them. The rules are those of the node; a file is a row of bytes on a
//! disk that outlives the process.

use chapar::domain::chunks;
use chapar::domain::picture;
use chapar::engine::session::Action;
use chapar::engine::session::Event as SessionEvent;
use chapar::engine::session::Pulled;
use chapar::engine::session::Wanted;
use chapar::engine::store::View as _;
use chapar::name::Digest;
use chapar::name::OfficeCode;
use chapar::office::Command;
use chapar::office::attachments;
use chapar::office::uploads::UploadStep;
use chapar::wire;

use crate::draft::Draft;
use crate::land;
use crate::node::Asker;
use crate::node::At;
use crate::node::Node;
use crate::world::Event;
use crate::world::World;

/// Lengths of files, bytes.
const LENGTHS: [u64; 4] = [1, 3_000, 40_000, 150_000];

/// A draft whose file is being brought in.
pub(crate) struct Bringing {
    /// Its number among the drafts.
    pub(crate) number: usize,
    pub(crate) draft: Draft,
    /// What is known of the file, once it is here.
    pub(crate) known: Option<wire::AttachmentKey>,
}

impl World {
    /// An officer begins to bring a file in, for a draft.
    pub(crate) fn bring(&mut self, node: usize, number: usize, draft: Draft) {
        let officer = land::officer(self.nodes[node].code());
        let length = LENGTHS[number % LENGTHS.len()];
        let bringing = Box::new(Bringing { number, draft, known: None });
        self.submit(node, Command::Upload { officer, step: UploadStep::Begin(length, None) }, Asker::Upload(bringing));
    }

    /// A step is done: all of the file comes at once, then the draft is handed in.
    pub(crate) fn brought(&mut self, node: usize, id: Digest, bringing: Bringing) {
        let officer = land::officer(self.nodes[node].code());
        let Bringing { number, draft, known } = bringing;
        if let Some(known) = known {
            let mut body = draft.body();
            body.attachments = vec![known];
            let (header, statement) = (Box::new(draft.header()), wire::Statement::default());
            let command =
                Command::Send { officer, draft: None, over: None, header, body: Some(Box::new(body)), statement };
            self.submit(node, command, Asker::Officer(number));
            return;
        }
        let length = LENGTHS[number % LENGTHS.len()];
        let bytes: Vec<u8> = (0..chunks::sealed_size(length))
            .map(|at| Digest::of(&[number as u64, at / 32].map(u64::to_be_bytes).concat()).0[(at % 32) as usize])
            .collect();
        let digest = Digest::of(&bytes);
        self.nodes[node].files.insert(digest, bytes);
        let mut known = wire::AttachmentKey {
            digest: digest.0.to_vec(),
            key: vec![7; 32],
            media_type: picture::OPAQUE.to_owned(),
            name: "x-ray.uff".to_owned(),
            size_bytes: length,
            file_digest: digest.0.to_vec(),
            kind: wire::AttachmentKind::XrayUff.into(),
            ..wire::AttachmentKey::default()
        };
        let step = UploadStep::Finish(id, Box::new(known.clone()));
        known.key.clear();
        let bringing = Bringing { number, draft, known: Some(known) };
        self.submit(node, Command::Upload { officer, step }, Asker::Upload(Box::new(bringing)));
    }

    /// Work on a file is done at once; the session hears of it later, in order.
    pub(crate) fn file(&mut self, at: At, action: Action) {
        if self.files_of == 0 {
            return;
        }
        let now = self.now;
        let Some(peer) = self.end(at).and_then(|end| end.session.peer()) else { return };
        let node = &mut self.nodes[at.node];
        let Some(process) = &mut node.process else { return };
        let (shared, ready) = (process.writer.shared(), node.is_ready(now));
        let may = attachments::may_exchange(&shared.rosters(), peer);
        let event = match action {
            Action::LoadWanted { not } => {
                let wanted = if may && ready { node.wanted(peer, &not) } else { None };
                SessionEvent::Wanted(wanted)
            }
            Action::ReadChunk { digest, offset, length } => {
                let serves = may && attachments::serves(node.disk.rows(), peer, digest).unwrap();
                let file = node.files.get(&digest).filter(|_| serves);
                let from = usize::try_from(offset).unwrap_or(usize::MAX);
                let data = file.and_then(|file| file.get(from..from.checked_add(length)?)).unwrap_or_default().to_vec();
                SessionEvent::ChunkRead(wire::Chunk { digest: digest.0.to_vec(), offset, data })
            }
            Action::StoreChunk { wanted, offset, data } => {
                let pulled = if ready { node.grow(peer, wanted, offset, &data) } else { Pulled::NotNow };
                SessionEvent::ChunkStored { digest: wanted.digest, pulled }
            }
            other => panic!("{other:?}"),
        };
        if let Some(end) = self.end(at) {
            end.filed.push_back(event);
        }
        self.within(0, 3, Event::Filed(at));
    }

    pub(crate) fn filed(&mut self, at: At) {
        if let Some(end) = self.end(at) {
            let event = end.filed.pop_front();
            end.outside.extend(event);
            self.pump(at);
        }
    }

    /// An attachment that is not here, although somebody serves it.
    pub(crate) fn not_whole(&self) -> Option<String> {
        let gone = self.gone();
        let there = |node: &&Node| node.is_there() && node.process.is_some() && !gone.contains(&node.code());
        for node in self.nodes.iter().filter(there) {
            for (from, digest) in node.to_come() {
                let serves = |peer: &&Node| {
                    peer.code() == from
                        && peer.files.contains_key(&digest)
                        && attachments::serves(peer.disk.rows(), node.code(), digest).unwrap()
                };
                if !node.files.contains_key(&digest) && self.nodes.iter().filter(there).any(|peer| serves(&peer)) {
                    return Some(format!("an attachment of {from} is not whole at {}", node.code()));
                }
            }
        }
        None
    }

    /// How many attachments came.
    pub(crate) fn pulled(&self) -> usize {
        let here = |node: &Node| node.to_come().into_iter().filter(|(_, one)| node.files.contains_key(one)).count();
        self.nodes.iter().map(here).sum()
    }
}

impl Node {
    fn wanted(&mut self, peer: OfficeCode, not: &[Digest]) -> Option<Wanted> {
        let process = self.process.as_mut()?;
        let (size, files) = (process.writer.shared().head().size, &self.files);
        let is_here = |digest| files.contains_key(&digest);
        let wanted = process.awaited.next(self.disk.rows(), peer, size, not, &is_here).unwrap()?;
        let arrived = self.arriving.get(&(wanted.digest, peer)).map_or(0, Vec::len) as u64;
        Some(Wanted { arrived, ..wanted })
    }

    fn grow(&mut self, peer: OfficeCode, wanted: Wanted, offset: u64, data: &[u8]) -> Pulled {
        let Wanted { digest, size, .. } = wanted;
        if !attachments::is_kept(self.disk.rows(), digest).unwrap() || self.files.contains_key(&digest) {
            return Pulled::Over;
        }
        let file = self.arriving.entry((digest, peer)).or_default();
        if file.len() as u64 != offset {
            return Pulled::Over;
        }
        file.extend_from_slice(data);
        if (file.len() as u64) < size {
            return Pulled::Arriving;
        }
        let file = self.arriving.remove(&(digest, peer)).unwrap();
        if Digest::of(&file) != digest {
            return Pulled::Spoilt;
        }
        self.files.insert(digest, file);
        Pulled::Over
    }

    /// The power goes: what was written last may be zeros.
    pub(crate) fn lose_power(&mut self) {
        for file in self.arriving.values_mut() {
            let last = file.len().saturating_sub(5_000);
            file.iter_mut().skip(last).for_each(|byte| *byte = 0);
        }
    }

    /// Attachments of received notices whose text is kept here, and from whom they come.
    fn to_come(&self) -> Vec<(OfficeCode, Digest)> {
        let rows = self.disk.rows();
        let listed = rows.scan(&[b'F', 2], &[b'F', 3], usize::MAX).unwrap();
        let read = |row_key: &[u8]| {
            let from: OfficeCode = std::str::from_utf8(&row_key[2..8]).unwrap().parse().unwrap();
            let digest = Digest(*row_key.last_chunk().unwrap());
            assert!(attachments::is_kept(rows, digest).unwrap());
            (from, digest)
        };
        listed.iter().map(|(row_key, _)| read(row_key)).collect()
    }
}
