//! What holds for every request, whatever its path.

use super::{grpc, say};
use crate::secret::same;
use axum::{
    Router,
    extract::Request,
    middleware::{Next, from_fn},
    response::Response,
};
use http::{
    HeaderMap, StatusCode, Uri,
    header::{AUTHORIZATION, HOST, ORIGIN},
};
use serde_json::json;
use std::time::Duration;
use tokio::time::timeout;
use tonic::Code;

/// Guards routes whose requests take so long at most, from the end of the head to that of the answer, and
/// that are for those who know a secret, if there is one.
pub(super) fn guard(routes: Router, longest: Duration, secret: Option<&str>) -> Router {
    let bearer = secret.map(|secret| format!("Bearer {secret}"));
    routes
        .layer(from_fn(move |request: Request, next: Next| async move {
            let kind = request.headers().clone();
            match timeout(longest, next.run(request)).await {
                Ok(response) => response,
                Err(_late) => refuse(
                    &kind,
                    (StatusCode::REQUEST_TIMEOUT, Code::DeadlineExceeded),
                    "the rest of the request did not come in time",
                ),
            }
        }))
        .layer(from_fn(async |request: Request, next: Next| {
            if is_of_another_site(request.headers(), request.uri()) {
                let forbidden = (StatusCode::FORBIDDEN, Code::PermissionDenied);
                return refuse(request.headers(), forbidden, "pages of other sites may not ask");
            }
            next.run(request).await
        }))
        .layer(from_fn(move |request: Request, next: Next| {
            let knows = knows(request.headers(), bearer.as_deref());
            async move {
                if !knows {
                    let refused = (StatusCode::UNAUTHORIZED, Code::Unauthenticated);
                    let why = "this cluster has a secret: send it as `Authorization: Bearer ..`";
                    return refuse(request.headers(), refused, why);
                }
                next.run(request).await
            }
        }))
}

/// Whether a request says the secret that is wanted, if one is.
fn knows(headers: &HeaderMap, wanted: Option<&str>) -> bool {
    let said = headers.get(AUTHORIZATION).and_then(|said| said.to_str().ok());
    same(said, wanted)
}

/// Whether a browser asks on behalf of a page that does not come from here. Whoever opens such a page, on a
/// machine where nodes run, has not meant to write to them.
fn is_of_another_site(headers: &HeaderMap, uri: &Uri) -> bool {
    let Some(origin) = headers.get(ORIGIN) else {
        return false;
    };
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = host.or_else(|| uri.authority().map(http::uri::Authority::as_str));
    let origin = origin.to_str().ok().and_then(|origin| origin.strip_prefix("http://"));
    origin.is_none() || origin != host
}

fn refuse(headers: &HeaderMap, (status, code): (StatusCode, Code), why: &'static str) -> Response {
    grpc::end(headers, code, why).unwrap_or_else(|| say::json(status, &json!({ "error": why })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{body::Body, routing::post};
    use http::{HeaderName, header::CONTENT_TYPE};
    use hyper::service::Service;
    use hyper_util::service::TowerToHyperService;

    const LONG: Duration = Duration::from_secs(60);

    async fn answer(longest: Duration, path: &str, headers: &[(HeaderName, &str)]) -> Response {
        answer_with(None, longest, path, headers).await
    }

    async fn answer_with(
        secret: Option<&str>,
        longest: Duration,
        path: &str,
        headers: &[(HeaderName, &str)],
    ) -> Response {
        let routes = Router::new()
            .route("/", post(async || "done"))
            .route("/slow", post(async || std::future::pending::<String>().await));
        let request = Request::post(path);
        let request = headers.iter().fold(request, |request, (name, is)| request.header(name, *is));
        let request = request.body(Body::empty()).unwrap();
        TowerToHyperService::new(guard(routes, longest, secret)).call(request).await.unwrap()
    }

    #[tokio::test]
    async fn pages_of_other_sites_may_not_ask() {
        for (origin, status) in [
            (None, 200),
            (Some("http://127.0.0.1:7001"), 200),
            (Some("http://127.0.0.1:7002"), 403),
            (Some("https://127.0.0.1:7001"), 403),
            (Some("http://example.org"), 403),
            (Some("null"), 403),
        ] {
            let host = (HOST, "127.0.0.1:7001");
            let headers: Vec<_> =
                [host].into_iter().chain(origin.map(|origin| (ORIGIN, origin))).collect();
            assert_eq!(answer(LONG, "/", &headers).await.status(), status, "{origin:?}");
        }
        // HTTP/2 names the host with the path.
        let headers = [(ORIGIN, "http://127.0.0.1:7001")];
        assert_eq!(answer(LONG, "http://127.0.0.1:7001/", &headers).await.status(), 200);
        assert_eq!(answer(LONG, "http://127.0.0.1:7002/", &headers).await.status(), 403);
    }

    #[tokio::test]
    async fn where_there_is_a_secret_it_is_asked_for() {
        for (said, status) in [
            (None, 401),
            (Some("Bearer wor"), 401),
            (Some("word"), 401),
            (Some("Bearer word"), 200),
        ] {
            let headers: Vec<_> = said.map(|said| (AUTHORIZATION, said)).into_iter().collect();
            let answer = answer_with(Some("word"), LONG, "/", &headers).await;
            assert_eq!(answer.status(), status, "{said:?}");
        }
    }

    #[tokio::test]
    async fn what_takes_too_long_ends() {
        let short = Duration::from_millis(10);
        assert_eq!(answer(short, "/", &[]).await.status(), 200);
        assert_eq!(answer(short, "/slow", &[]).await.status(), 408);
        let ended = answer(short, "/slow", &[(CONTENT_TYPE, "application/grpc+proto")]).await;
        assert_eq!(ended.status(), 200);
        assert_eq!(ended.headers()["grpc-status"], "4");
    }
}
