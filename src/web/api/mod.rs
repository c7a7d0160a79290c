//! `/api/v1`: one file for each thing. The list below is the server's routing and the OpenAPI document at once, so
//! that they cannot disagree.

pub mod health;

use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, Route};
use utoipa::openapi::path::{HttpMethod, Operation, PathItem};
use utoipa::openapi::{RefOr, Schema};

use super::problem::{Code, Problem};

/// A route of the API: how it is served and how it is described.
pub struct Endpoint {
    pub method: Method,
    pub path: String,
    pub route: fn() -> Route,
    pub operation: Operation,
    pub schemas: fn(&mut Vec<(String, RefOr<Schema>)>),
}

macro_rules! endpoints {
    ($($room:ident::{$($handler:ident / $described:ident),* $(,)?}),* $(,)?) => {
        /// Every route.
        pub fn endpoints() -> Vec<Endpoint> {
            vec![$($(
                {
                    use utoipa::Path as _;
                    let method = $room::$described::methods().first().map_or(Method::GET, method_of);
                    Endpoint {
                        method,
                        path: $room::$described::path(),
                        route: || web::route().to($room::$handler),
                        operation: $room::$described::operation(),
                        schemas: <$room::$described as utoipa::__dev::SchemaReferences>::schemas,
                    }
                },
            )*)*]
        }
    };
}

endpoints! {
    health::{live / __path_live, ready / __path_ready},
}

fn method_of(method: &HttpMethod) -> Method {
    match method {
        HttpMethod::Get => Method::GET,
        HttpMethod::Post => Method::POST,
        HttpMethod::Put => Method::PUT,
        HttpMethod::Delete => Method::DELETE,
        HttpMethod::Options => Method::OPTIONS,
        HttpMethod::Head => Method::HEAD,
        HttpMethod::Patch => Method::PATCH,
        HttpMethod::Trace => Method::TRACE,
    }
}

/// Registers every endpoint; another method on its path is answered with what would be accepted.
pub fn routes(app: &mut ServiceConfig) {
    let mut paths: Vec<(String, Vec<Endpoint>)> = Vec::new();
    for endpoint in endpoints() {
        match paths.iter_mut().find(|(path, _)| *path == endpoint.path) {
            Some((_, found)) => found.push(endpoint),
            None => paths.push((endpoint.path.clone(), vec![endpoint])),
        }
    }
    for (path, endpoints) in paths {
        let allowed: Vec<String> = endpoints.iter().map(|endpoint| endpoint.method.to_string()).collect();
        let allowed = allowed.join(", ");
        let mut resource = web::resource(path);
        for endpoint in endpoints {
            resource = resource.route((endpoint.route)().method(endpoint.method));
        }
        let other = move |_: HttpRequest| {
            let allowed = allowed.clone();
            async move {
                let problem = Problem::new(Code::MethodNotAllowed)
                    .with("allowed", allowed.clone())
                    .header("Allow", allowed);
                Err::<&'static str, Problem>(problem)
            }
        };
        app.service(resource.default_service(web::to(other)));
    }
}

/// The operations as items of paths.
pub fn items() -> Vec<(String, PathItem)> {
    endpoints()
        .into_iter()
        .map(|endpoint| {
            let method = match endpoint.method {
                Method::POST => HttpMethod::Post,
                Method::PUT => HttpMethod::Put,
                Method::DELETE => HttpMethod::Delete,
                Method::PATCH => HttpMethod::Patch,
                _ => HttpMethod::Get,
            };
            (endpoint.path, PathItem::new(method, endpoint.operation))
        })
        .collect()
}
