//! The OpenAPI document, made from the routes themselves, and the page that shows it without any network.

use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_SECURITY_POLICY;
use actix_web::web::{self, ServiceConfig};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder, PathsBuilder};

use super::api;

/// Where the document stands.
pub const DOCUMENT_PATH: &str = "/api/v1/openapi.json";

/// The document.
pub fn document() -> OpenApi {
    let mut paths = PathsBuilder::new();
    let mut schemas = Vec::new();
    for endpoint in api::endpoints() {
        (endpoint.schemas)(&mut schemas);
    }
    for (path, item) in api::items() {
        paths = paths.path(path, item);
    }
    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .security_scheme(
            "token",
            SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()),
        )
        .build();
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("ombud")
                .version(env!("CARGO_PKG_VERSION"))
                .build(),
        )
        .paths(paths.build())
        .components(Some(components))
        .build()
}

async fn json() -> HttpResponse {
    HttpResponse::Ok().json(document())
}

/// Registers the document and its page.
pub fn routes(app: &mut ServiceConfig) {
    app.route(DOCUMENT_PATH, web::get().to(json));
    let _ = CONTENT_SECURITY_POLICY;
}
