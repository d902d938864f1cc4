//! A browser, as far as tests of the console need one: HTTP/1.1 over a socket or TLS, cookies, forms. It follows no redirect.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::AsyncBufRead;
use tokio::io::AsyncBufReadExt as _;
use tokio::io::AsyncReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::io::BufReader;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// A browser with its cookies.
#[derive(Clone, Debug)]
pub(crate) struct Browser {
    pub(crate) address: SocketAddr,
    pub(crate) cookies: BTreeMap<String, String>,
    /// The authorities that it trusts, and the name that was typed; over plain HTTP if there are none.
    pub(crate) secure: Option<(Arc<ClientConfig>, &'static str)>,
}

/// What an answer is read from.
type Answering = Box<dyn AsyncBufRead + Send + Unpin>;

/// What was answered.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
    /// The body as it came.
    pub(crate) bytes: Vec<u8>,
}

impl Page {
    /// A header; empty if it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// All headers of a name.
    pub(crate) fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Where it leads to.
    pub(crate) fn leads_to(&self) -> (u16, &str) {
        (self.status, self.header("location"))
    }

    /// What a hidden field of a form holds.
    #[track_caller]
    pub(crate) fn field(&self, name: &str) -> String {
        let begin = format!("name=\"{name}\" value=\"");
        let (_, rest) = self.body.split_once(&begin).unwrap_or_else(|| panic!("no field {name} in {}", self.body));
        rest.split_once('"').unwrap().0.to_owned()
    }

    /// It has these words.
    #[track_caller]
    pub(crate) fn says(&self, words: &str) -> &Self {
        assert!(self.body.contains(words), "{words} is not in {} {}", self.status, self.body);
        self
    }
}

impl Browser {
    pub(crate) fn at(address: Option<SocketAddr>) -> Self {
        Self { address: address.expect("a console"), cookies: BTreeMap::new(), secure: None }
    }

    /// Scheme and host of its pages.
    fn place(&self) -> (&'static str, String) {
        match self.secure {
            Some((_, name)) => ("https", format!("{name}:{}", self.address.port())),
            None => ("http", self.address.to_string()),
        }
    }

    /// What a page sends with a form of its own.
    fn own(&self) -> [(&'static str, String); 2] {
        let (scheme, host) = self.place();
        [("Origin", format!("{scheme}://{host}")), ("Sec-Fetch-Site", "same-origin".to_owned())]
    }

    async fn connect(&self, head: &str, headers: &[(&str, String)], body: &[u8]) -> Answering {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = format!("{head} HTTP/1.1\r\nConnection: close\r\nCookie: {}\r\n", cookies.join("; "));
        let has = |wanted: &str| headers.iter().any(|(name, _)| *name == wanted);
        if !has("Host") {
            let _ = write!(request, "Host: {}\r\n", self.place().1);
        }
        if !has("Content-Length") && !body.is_empty() {
            let _ = write!(request, "Content-Length: {}\r\n", body.len());
        }
        for (name, value) in headers {
            let _ = write!(request, "{name}: {value}\r\n");
        }
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let request = [request.as_bytes(), b"\r\n", body].concat();
        let Some((config, name)) = &self.secure else {
            stream.write_all(&request).await.unwrap();
            return Box::new(BufReader::new(stream));
        };
        let name = ServerName::try_from(*name).unwrap();
        let mut stream = TlsConnector::from(Arc::clone(config)).connect(name, stream).await.unwrap();
        stream.write_all(&request).await.unwrap();
        stream.flush().await.unwrap();
        Box::new(BufReader::new(stream))
    }

    /// Asks for something with these headers.
    pub(crate) async fn ask(&mut self, head: &str, headers: &[(&str, String)], body: &str) -> Page {
        self.ask_bytes(head, headers, body.as_bytes()).await
    }

    /// The same with a body that is no text.
    pub(crate) async fn ask_bytes(&mut self, head: &str, headers: &[(&str, String)], body: &[u8]) -> Page {
        let mut stream = self.connect(head, headers, body).await;
        let (status, headers) = answered(&mut stream).await;
        let mut bytes = vec![];
        stream.read_to_end(&mut bytes).await.unwrap();
        let page = Page { status, headers, body: String::from_utf8_lossy(&bytes).into_owned(), bytes };
        for cookie in page.headers("set-cookie") {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        page
    }

    pub(crate) async fn get(&mut self, path: &str) -> Page {
        self.ask(&format!("GET {path}"), &[], "").await
    }

    /// Sends a form from a page of the console.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.post_from(path, &self.own(), fields).await
    }

    /// Sends a form from somewhere.
    pub(crate) async fn post_from(&mut self, path: &str, from: &[(&str, String)], fields: &[(&str, &str)]) -> Page {
        let form = ("Content-Type", "application/x-www-form-urlencoded".to_owned());
        let headers = [from, &[form]].concat();
        self.ask(&format!("POST {path}"), &headers, &serde_urlencoded::to_string(fields).unwrap()).await
    }

    /// Sends a form with the token of the session.
    pub(crate) async fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.token().await;
        self.post(path, &[&[("token", token.as_str())], fields].concat()).await
    }

    /// The token of the session.
    pub(crate) async fn token(&mut self) -> String {
        self.get("/settings").await.field("token")
    }

    pub(crate) async fn sign_in(&mut self, officer: &str, passphrase: &str) -> Page {
        let token = self.get("/sign-in").await.field("token");
        self.post("/sign-in", &[("sign-in-officer", officer), ("passphrase", passphrase), ("token", &token)]).await
    }

    /// Somebody who has signed in.
    pub(crate) async fn of(address: Option<SocketAddr>, officer: &str, passphrase: &str) -> Self {
        Self::at(address).signed_in(officer, passphrase).await
    }

    /// The same, after a sign-in.
    pub(crate) async fn signed_in(mut self, officer: &str, passphrase: &str) -> Self {
        let page = self.sign_in(officer, passphrase).await;
        assert_eq!(page.status, 303, "{officer}: {}", page.body);
        self
    }

    /// Bytes of what is sent for this, as browsers ask for it: packed.
    pub(crate) async fn packed(&self, path: &str) -> usize {
        let packed = [("Accept-Encoding", "gzip".to_owned())];
        let mut stream = self.connect(&format!("GET {path}"), &packed, b"").await;
        let (status, headers) = answered(&mut stream).await;
        assert_eq!(status, 200, "{path}");
        assert!(headers.contains(&("content-encoding".to_owned(), "gzip".to_owned())), "{headers:?}");
        stream.read_to_end(&mut vec![]).await.unwrap()
    }

    /// Opens the stream of events.
    pub(crate) async fn listen(&self) -> Result<Stream, u16> {
        let mut stream = self.connect("GET /events", &[], b"").await;
        let (status, headers) = answered(&mut stream).await;
        let is_stream = headers.contains(&("content-type".to_owned(), "text/event-stream".to_owned()));
        if status == 200 && is_stream { Ok(Stream(stream)) } else { Err(status) }
    }
}

/// Status and headers.
async fn answered(stream: &mut Answering) -> (u16, Vec<(String, String)>) {
    let mut lines = vec![];
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let status = lines[0].split(' ').nth(1).unwrap().parse().unwrap();
    let header = |line: &String| {
        let (name, value) = line.split_once(": ").unwrap_or((line, ""));
        (name.to_ascii_lowercase(), value.to_owned())
    };
    (status, lines[1..].iter().map(header).collect())
}

/// A stream of events that is open.
pub(crate) struct Stream(Answering);

impl Stream {
    /// The data of the next event, or `:` for a comment; `None` at its end.
    pub(crate) async fn next(&mut self) -> Option<String> {
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).await.unwrap() == 0 {
                return None;
            }
            match line.trim_end() {
                data if data.starts_with("data: ") => return Some(data["data: ".len()..].to_owned()),
                comment if comment.starts_with(':') => return Some(":".to_owned()),
                // The name of the event, or the length of a chunk.
                _ => {}
            }
        }
    }
}
