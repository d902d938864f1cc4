//! Whom the office trusts: pinned country keys, rosters that come into force.

use crate::domain::entry::Alarm;
use crate::domain::entry::Entry;
use crate::domain::entry::NODE;
use crate::domain::roster::Change;
use crate::domain::roster::RosterError;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::name::Country;
use crate::name::Fingerprint;
use crate::name::OfficerId;
use crate::office::writer::Step;
use crate::wire;

impl Step<'_> {
    pub(super) fn trust(
        &mut self,
        officer: &OfficerId,
        country: Country,
        fingerprint: Fingerprint,
    ) -> Result<Result<Option<Fingerprint>, RosterError>, RowError> {
        let before = self.rosters.countries().get(&country).map(|pin| pin.fingerprint);
        match self.rosters.pin(country, fingerprint) {
            Err(error) => Ok(Err(error)),
            Ok(false) => Ok(Ok(None)),
            Ok(true) => {
                self.rosters_changed = true;
                self.append(Entry::country_trusted(officer, country, fingerprint))?;
                Ok(Ok(before))
            }
        }
    }

    /// Puts rosters into force, all or none. A fork is an alarm besides.
    pub(super) fn import(
        &mut self,
        actor: Option<&OfficerId>,
        files: &[Vec<u8>],
    ) -> Result<Result<Vec<wire::ImportedRoster>, RosterError>, RowError> {
        let mut rosters = self.rosters.clone();
        let (mut news, mut report) = (vec![], vec![]);
        for file in files {
            match rosters.check(file) {
                Ok(change) => {
                    let (roster, changed) = match change {
                        Change::InForce(roster) => (roster, true),
                        Change::None(roster) => (roster, false),
                    };
                    report.push(wire::ImportedRoster {
                        country: roster.value().country.to_string(),
                        version: roster.value().version,
                        changed,
                        offices: u32::try_from(roster.value().offices.len()).unwrap_or(u32::MAX),
                    });
                    if changed {
                        rosters.put(roster.clone());
                        news.push(roster);
                    }
                }
                Err(error) => {
                    if let RosterError::Fork { digest, country, .. } = error
                        && self.alarms.insert((Alarm::RosterFork as u32, country.to_string()))
                    {
                        rows::put_envelope(&mut self.rows, digest, file)?;
                        self.append(Entry::alarm(Alarm::RosterFork, country, None, Some(digest)))?;
                    }
                    return Ok(Err(error));
                }
            }
        }
        for roster in news {
            rows::put_envelope(&mut self.rows, roster.digest(), roster.bytes())?;
            let name = actor.map_or(NODE, OfficerId::as_str);
            self.append(Entry::roster(name, roster.value().country, roster.digest()))?;
            self.rosters_changed = true;
        }
        self.rosters = rosters;
        if self.rosters_changed {
            self.rosters_since = self.head.size;
            // All of them: it may be our own state that has changed.
            let offices = self.rosters.offices().map(|office| office.code);
            self.unplaced.extend(offices.filter(|code| *code != self.me.office));
        }
        Ok(Ok(report))
    }
}
