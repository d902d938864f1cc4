//! The calls of the desk and of inspection, made in the node itself by an officer who has signed in. The same rules and the
//! same roles as over the socket.

use tonic::Request;

use crate::console::visitor::Officer;

impl Officer {
    /// A call of this officer.
    pub(super) fn call<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        request.extensions_mut().insert(self.session.signed_in.clone());
        request
    }
}
