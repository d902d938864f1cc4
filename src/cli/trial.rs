//! What `demo` and `bench` have in common: offices for a trial on this machine, made as `init` makes them, with their
//! keys in files; and the rosters of their countries.

use std::net::SocketAddr;
use std::path::Path;
use std::path::PathBuf;

use serde_json::Value;
use serde_json::json;
use zeroize::Zeroizing;

use crate::cli::Global;
use crate::cli::InitOptions;
use crate::cli::client::Client;
use crate::cli::failure::Failure;
use crate::cli::init::init;
use crate::domain::envelope;
use crate::domain::envelope::SigningKey;
use crate::domain::officer;
use crate::domain::policy::Agreements;
use crate::domain::policy::CHECKLIST;
use crate::domain::roster::Card;
use crate::domain::roster::CountryRoster;
use crate::edge::env::SystemEntropy;
use crate::edge::keystore::Custody;
use crate::edge::keystore::Source;
use crate::edge::passphrase;
use crate::entropy::Entropy as _;
use crate::name::Country;
use crate::name::Digest;
use crate::name::Fingerprint;
use crate::name::Network;
use crate::name::OfficeCode;
use crate::name::OfficerId;
use crate::node::system_clock;
use crate::wire;
use crate::wire::Role;

/// An office to be made.
pub(super) struct Plan<'a> {
    pub(super) data: &'a Path,
    pub(super) code: &'a str,
    pub(super) agency: wire::Agency,
    pub(super) network: &'a Network,
    pub(super) listen: SocketAddr,
    /// Where its console is, if it has one.
    pub(super) console: Option<SocketAddr>,
    pub(super) endpoints: Vec<String>,
    pub(super) agreements: Agreements,
}

/// Makes an office as `init` does, and reads its card as its country would.
pub(super) fn make(plan: Plan<'_>) -> Result<(Card, Digest), Failure> {
    let options = InitOptions {
        data: plan.data.to_owned(),
        office: plan.code.parse().map_err(Failure::internal)?,
        network: plan.network.clone(),
        agency: plan.agency,
        listen: Some(plan.listen),
        console: plan.console,
        set_up: false,
        endpoints: plan.endpoints,
        agreements: plan.agreements,
        custody: Custody::File,
        uid: rustix::process::getuid().as_raw(),
    };
    let mut entropy = SystemEntropy::open().map_err(Failure::internal)?;
    let source = Source { credentials: None, passphrase: &mut || Err(std::io::ErrorKind::Unsupported.into()) };
    let made = init(&options, source, system_clock().now(), &mut entropy)?;
    let card = Card::verify(&std::fs::read(made.card).map_err(Failure::internal)?).map_err(Failure::internal)?;
    let digest = card.digest();
    Ok((card.into_parts().0, digest))
}

/// A country's key, and its roster of these cards, signed.
pub(super) fn sign(country: Country, network: &Network, cards: Vec<Card>) -> Result<(Fingerprint, Vec<u8>), Failure> {
    let mut seed = Zeroizing::new([0; 32]);
    SystemEntropy::open().map_err(Failure::internal)?.fill(seed.as_mut_slice());
    let key = SigningKey::from_seed(&seed);
    let roster = CountryRoster {
        network: network.clone(),
        country,
        version: 1,
        issued: system_clock().now(),
        country_key: key.public(),
        next_country_key: None,
        offices: cards.into_iter().map(|card| card.office).collect(),
    };
    let signed = envelope::sign::<CountryRoster>(&key, roster.encode());
    Ok((Fingerprint::of_key(&key.public().0), signed.bytes))
}

/// An office trusts the countries and takes their rosters.
pub(super) async fn acquaint(
    client: &mut Client,
    countries: &[(Country, Fingerprint, Vec<u8>)],
) -> Result<(), Failure> {
    for (country, fingerprint, _) in countries {
        let (country, fingerprint) = (country.to_string(), fingerprint.to_string());
        client.inspect.trust_country(wire::TrustCountryRequest { country, fingerprint }).await?;
    }
    let rosters = countries.iter().map(|(_, _, roster)| roster.clone()).collect();
    client.inspect.import_rosters(wire::ImportRostersRequest { rosters }).await?;
    Ok(())
}

/// Who works at an office of a trial, each with a way of their own to the node.
pub(super) struct Staff {
    /// Writes and reads; is the Unix user of this process.
    pub(super) officer: Client,
    /// Releases what the officer writes.
    pub(super) releaser: Client,
    /// Runs the node.
    pub(super) administrator: Client,
    /// Those who sign in with a passphrase: id, role, passphrase.
    pub(super) passphrases: Vec<(OfficerId, Role, Zeroizing<String>)>,
}

impl Staff {
    /// Those who sign in with a passphrase, for whoever plays them.
    pub(super) fn described(&self) -> Value {
        let described = self.passphrases.iter().map(|(id, role, passphrase)| {
            json!({ "name": id.as_str(), "role": officer::word(*role), "passphrase": passphrase.as_str() })
        });
        described.collect()
    }

    /// Another one besides them, who signs in with a passphrase.
    pub(super) async fn besides(&mut self, office: OfficeCode, number: &str, role: Role) -> Result<Client, Failure> {
        let id: OfficerId = format!("{office}-{number}").parse().map_err(Failure::internal)?;
        let (other, secret) = enrol(&self.administrator, &id, role, None).await?;
        self.passphrases.push((id, role, secret));
        Ok(other)
    }
}

/// The administrator of a new office takes a passphrase, and enrols an officer and a releasing officer.
pub(super) async fn staff(client: Client, office: OfficeCode) -> Result<Staff, Failure> {
    let id = |id: &str| format!("{office}-{id}").parse::<OfficerId>().map_err(Failure::internal);
    let uid = rustix::process::getuid().as_raw();
    let (administrator, secret) = enrol(&client, &id("A01")?, Role::Administrator, None).await?;
    let mut passphrases = vec![(id("A01")?, Role::Administrator, secret)];
    enrol(&administrator, &id("O01")?, Role::Officer, Some(uid)).await?;
    let (releaser, secret) = enrol(&administrator, &id("R01")?, Role::ReleasingOfficer, None).await?;
    passphrases.push((id("R01")?, Role::ReleasingOfficer, secret));
    Ok(Staff { officer: client, releaser, administrator, passphrases })
}

/// An officer hands a notice in, and another one releases it.
pub(super) async fn send(
    officer: &Client,
    releaser: &Client,
    notice: wire::SendNoticeRequest,
) -> Result<wire::SendNoticeResponse, Failure> {
    let sent = Box::pin(officer.desk.clone().send_notice(notice)).await?.into_inner();
    match sent.draft {
        Some(draft) => release(releaser, draft).await,
        None => Ok(sent),
    }
}

/// Releases a draft with everything ticked.
pub(super) async fn release(releaser: &Client, draft: wire::DraftSummary) -> Result<wire::SendNoticeResponse, Failure> {
    let statement = wire::Statement { checklist: CHECKLIST.map(Into::into).to_vec(), lawful_basis_confirmed: true };
    let request =
        wire::ReleaseDraftRequest { draft: draft.number.to_string(), form: draft.form, statement: Some(statement) };
    let open = wire::OpenDraftRequest { draft: request.draft.clone() };
    releaser.desk.clone().open_draft(open).await?;
    let answer = releaser.desk.clone().release_draft(request).await?.into_inner();
    let wire::ReleaseDraftResponse { digest, reference, to, flags } = answer;
    Ok(wire::SendNoticeResponse { digest, reference, to, flags, draft: None })
}

/// Enrols an officer; one who is no Unix user sets a passphrase.
async fn enrol(
    by: &Client,
    id: &OfficerId,
    role: Role,
    uid: Option<u32>,
) -> Result<(Client, Zeroizing<String>), Failure> {
    let enrolment = wire::Enrolment { id: id.to_string(), roles: vec![role.into()], uid, until_ms: 0 };
    let request =
        wire::EnrolOfficerRequest { enrolment: Some(enrolment), passphrase: uid.is_none(), ..Default::default() };
    let first = Zeroizing::new(by.clone().inspect.enrol_officer(request).await?.into_inner().passphrase);
    if uid.is_some() {
        return Ok((by.clone(), first));
    }
    let own = passphrase::one_time(&mut SystemEntropy::open().map_err(Failure::internal)?);
    let request = wire::SetPassphraseRequest { passphrase: own.to_string() };
    by.of(id, &first).inspect.set_passphrase(request).await?;
    Ok((by.of(id, &own), own))
}

/// Where a trial takes place: in the folder that was named, or in a temporary one.
pub(super) struct Place {
    pub(super) folder: PathBuf,
    _temporary: Option<Temporary>,
}

impl Place {
    /// A place for a verb. A trial never plays over something else.
    pub(super) fn of(verb: &str, global: &Global) -> Result<Self, Failure> {
        if global.names_data() {
            expect_new(&global.data)?;
            return Ok(Self { folder: global.data.clone(), _temporary: None });
        }
        let temporary = Temporary::make(verb)?;
        Ok(Self { folder: temporary.0.clone(), _temporary: Some(temporary) })
    }
}

fn expect_new(folder: &Path) -> Result<(), Failure> {
    let empty = std::fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none());
    if empty {
        return Ok(());
    }
    Err(Failure::config(
        format!("The folder {} is not empty.", folder.display()),
        "Name a new folder with --data, or leave --data out.",
    ))
}

/// A folder that is removed at the end.
struct Temporary(PathBuf);

impl Temporary {
    /// Makes it where the system keeps such folders; `verb` is part of its name.
    fn make(verb: &str) -> Result<Self, Failure> {
        let name = format!("chapar-{verb}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder).map_err(|error| {
            Failure::config(
                format!("The folder {} cannot be made: {error}.", folder.display()),
                "Name another one with --data.",
            )
        })?;
        Ok(Self(folder))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // What is left of it hurts nobody.
        let _removed = std::fs::remove_dir_all(&self.0);
    }
}
