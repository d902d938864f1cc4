//! Everything that goes wrong, in one list. A run of many seeds fails if a member was never injected.

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// Two offices dial each other at the same moment.
    BothDial,
    /// A clock is put back to 1970.
    Clock1970,
    /// A clock is off by ten minutes at most, either way.
    ClockOff,
    /// A clock is put ten years ahead.
    ClockAhead,
    /// A second node starts from a copy of the store.
    Clone,
    /// The line between two offices breaks, for a while.
    Cut,
    /// The line between two offices is slow, for a while.
    Delay,
    /// The disk is nearly full for a while: the node takes no new work.
    DiskLow,
    /// A node is stopped in order, and started again.
    Drain,
    /// A peer sends a dispatch with a wrong signature.
    Forged,
    /// A line breaks and only one side sees it at once.
    HalfOpen,
    /// Frames of one direction are lost, for a while.
    OneWay,
    /// A node takes only a few dispatches of each peer a day, for a while.
    Quota,
    /// A read of the store fails.
    ReadFails,
    /// A node is killed, and started again.
    Restart,
    /// An office leaves for good.
    Revoke,
    /// A store is put back to an old copy.
    RollBack,
    /// An office dials a peer with which it has a session.
    SecondDial,
    /// A commit is written, but the store reports a failure.
    StoreApplied,
    /// A commit finds no room.
    StoreFull,
    /// A commit is lost, and the store does not know.
    StoreLost,
    /// A commit is not written, and the store says so.
    StoreNotApplied,
    /// An office is suspended by its country; it is active again later.
    Suspend,
}

impl Fault {
    pub(crate) const ALL: [Self; 23] = [
        Self::BothDial,
        Self::Clock1970,
        Self::ClockOff,
        Self::ClockAhead,
        Self::Clone,
        Self::Cut,
        Self::Delay,
        Self::DiskLow,
        Self::Drain,
        Self::Forged,
        Self::HalfOpen,
        Self::OneWay,
        Self::Quota,
        Self::ReadFails,
        Self::Restart,
        Self::Revoke,
        Self::RollBack,
        Self::SecondDial,
        Self::StoreApplied,
        Self::StoreFull,
        Self::StoreLost,
        Self::StoreNotApplied,
        Self::Suspend,
    ];

    /// Those that many seeds have again and again. The others are rare, or change what may be expected.
    pub(crate) const COMMON: [Self; 15] = [
        Self::BothDial,
        Self::ClockOff,
        Self::Cut,
        Self::Delay,
        Self::DiskLow,
        Self::Drain,
        Self::HalfOpen,
        Self::OneWay,
        Self::ReadFails,
        Self::Restart,
        Self::SecondDial,
        Self::StoreApplied,
        Self::StoreFull,
        Self::StoreLost,
        Self::StoreNotApplied,
    ];
}
