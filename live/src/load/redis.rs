//! Clients of redis, in its own protocol (RESP 2), one request under way at a time.

use super::{Client, Target};
use node::Operation;
use std::{io, net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    time::timeout,
};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The longest value that is taken, in bytes.
const LONGEST: usize = 64 << 20;

/// A redis server: writes and reads go to the leader.
#[derive(Clone, Copy, Debug)]
pub struct Redis {
    /// Where the leader listens.
    pub leader: SocketAddr,
}

/// A client of redis.
pub struct RedisClient {
    address: SocketAddr,
    /// `None` after an answer that did not come.
    stream: Option<(BufReader<OwnedReadHalf>, OwnedWriteHalf)>,
}

impl Target for Redis {
    type Client = RedisClient;

    async fn connect(&self, _: usize) -> Result<RedisClient, String> {
        let mut client = RedisClient { address: self.leader, stream: None };
        client.reconnect().await.map_err(|error| error.to_string())?;
        Ok(client)
    }
}

impl Client for RedisClient {
    async fn carry_out(&mut self, operation: &Operation) -> Result<(), String> {
        let command = command(operation).ok_or("no such operation here")?;
        let asked = timeout(PATIENCE, self.ask(&command)).await;
        match asked.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())) {
            Ok(answer) => answer,
            Err(error) => {
                self.stream = None;
                Err(error.kind().to_string())
            }
        }
    }
}

impl RedisClient {
    async fn reconnect(&mut self) -> io::Result<()> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        let (read, write) = stream.into_split();
        self.stream = Some((BufReader::new(read), write));
        Ok(())
    }

    async fn ask(&mut self, command: &[u8]) -> io::Result<Result<(), String>> {
        if self.stream.is_none() {
            self.reconnect().await?;
        }
        let (read, write) = self.stream.as_mut().ok_or(io::ErrorKind::NotConnected)?;
        write.write_all(command).await?;
        let mut line = String::new();
        if read.take(1024).read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let (kind, rest) = line.split_at_checked(1).ok_or(io::ErrorKind::InvalidData)?;
        match (kind, rest.trim_end()) {
            ("+" | ":", _) | ("$", "-1") => Ok(Ok(())),
            ("-", why) => Ok(Err(why.to_owned())),
            ("$", length) => {
                let length = length.parse::<usize>().ok().filter(|length| *length <= LONGEST);
                let length = length.ok_or(io::ErrorKind::InvalidData)?;
                let mut value = vec![0; length + 2];
                read.read_exact(&mut value).await?;
                Ok(Ok(()))
            }
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }
}

fn command(operation: &Operation) -> Option<Vec<u8>> {
    let words: &[&str] = match operation {
        Operation::Put { key, value } => &["SET", key.as_str(), value.as_str()],
        Operation::Get { key } => &["GET", key.as_str()],
        Operation::Delete { key } => &["DEL", key.as_str()],
        Operation::ListKeys | Operation::CompareAndSet { .. } => return None,
    };
    let words_in_bytes = words.iter().map(|word| format!("${}\r\n{word}\r\n", word.len()));
    Some(format!("*{}\r\n{}", words.len(), words_in_bytes.collect::<String>()).into_bytes())
}
