//! `/api/v1`: one file for each thing. The list below is the server's routing and the OpenAPI document at once, so
//! that they cannot disagree.

pub mod actions;
pub mod bulk;
pub mod canned;
pub mod clocks;
pub mod contacts;
pub mod dead_letters;
pub mod directory;
pub mod duty;
pub mod entries;
pub mod entry_read;
pub mod erasures;
pub mod feed;
pub mod files;
pub mod follow;
pub mod handovers;
pub mod health;
pub mod holidays;
pub mod import;
pub mod import_roster;
pub mod inbox;
pub mod links;
pub mod me;
pub mod metrics;
pub mod notifications;
pub mod record;
pub mod reports;
pub mod tickets;
pub mod tokens;
pub mod views;
pub mod workflows;

use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, Route};
use utoipa::openapi::path::{HttpMethod, Operation, PathItem};
use utoipa::openapi::{RefOr, Schema};

use super::decode::{At, Decode, Faults};
use super::problem::{Code, Fault, Place, Problem};
use super::state::State;

pub use crate::desk::list::cut;

/// A route of the API: how it is served and how it is described.
pub struct Endpoint {
    /// `tickets_open`: unique, the operation's id.
    pub name: &'static str,
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
                        name: concat!(stringify!($room), "_", stringify!($handler)),
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
    metrics::{read / __path_read},
    health::{live / __path_live, ready / __path_ready},
    tickets::{open / __path_open, list / __path_list, one / __path_one, events / __path_events},
    clocks::{list / __path_list},
    links::{list / __path_list, link / __path_link, unlink / __path_unlink, merge / __path_merge},
    files::{
        upload / __path_upload,
        uploads / __path_uploads,
        drop_upload / __path_drop_upload,
        list / __path_list,
        content / __path_content,
    },
    contacts::{report / __path_report, one / __path_one, hang_up / __path_hang_up},
    workflows::{
        list / __path_list,
        source / __path_source,
        check / __path_check,
        publish / __path_publish,
        publish_together / __path_publish_together,
    },
    tokens::{list / __path_list, issue / __path_issue, revoke / __path_revoke, renew / __path_renew},
    feed::{list / __path_list},
    follow::{follow / __path_follow, code / __path_code},
    import::{tickets / __path_tickets},
    import_roster::{roster / __path_roster},
    directory::{
        departments / __path_departments,
        put_department / __path_put_department,
        end_department / __path_end_department,
        roles / __path_roles,
        put_role / __path_put_role,
        people / __path_people,
        put_person / __path_put_person,
        end_person / __path_end_person,
        memberships / __path_memberships,
        add_membership / __path_add_membership,
        put_membership / __path_put_membership,
        end_membership / __path_end_membership,
        roster / __path_roster,
        add_shift / __path_add_shift,
        put_shift / __path_put_shift,
        end_shift / __path_end_shift,
        absences / __path_absences,
        add_absence / __path_add_absence,
        put_absence / __path_put_absence,
        end_absence / __path_end_absence,
        calendars / __path_calendars,
        put_calendar / __path_put_calendar,
        builtin / __path_builtin,
        put_builtin / __path_put_builtin,
        log / __path_log,
    },
    duty::{
        now / __path_now,
        roster / __path_roster,
        gaps / __path_gaps,
        sign_on / __path_sign_on,
        sign_off / __path_sign_off,
        settings / __path_settings,
        put_settings / __path_put_settings,
    },
    handovers::{
        list / __path_list,
        write / __path_write,
        read / __path_read,
        swaps / __path_swaps,
        ask / __path_ask,
        answer / __path_answer,
        alarms / __path_alarms,
    },
    holidays::{load / __path_load},
    dead_letters::{list / __path_list, one / __path_one, resend / __path_resend},
    erasures::{erase / __path_erase},
    inbox::{list / __path_list, unread / __path_unread, read / __path_read, read_all / __path_read_all},
    notifications::{mine / __path_mine, put_mine / __path_put_mine, deliveries / __path_deliveries},
    record::{list / __path_list},
    reports::{course / __path_course, sheet / __path_sheet, tickets / __path_tickets},
    me::{me / __path_me, problems / __path_problems, problem / __path_problem},
    canned::{list / __path_list, put / __path_put, remove / __path_remove},
    bulk::{act / __path_act},
    views::{count / __path_count, list / __path_list, put / __path_put, remove / __path_remove, choose / __path_choose},
    actions::{possible / __path_possible, act / __path_act, act_on_task / __path_act_on_task},
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

/// Items of a page: what was asked for within what is configured.
pub fn limit(asked: Option<u32>, state: &State) -> Result<u64, Problem> {
    let limits = &state.config.limits;
    let max = limits.page_items_max;
    match asked {
        None => Ok(u64::from(limits.page_items)),
        Some(limit) if (1..=max).contains(&limit) => Ok(u64::from(limit)),
        Some(_) => {
            let fault = Fault::new(Place::Parameter("limit".to_owned()), "range");
            Err(Problem::invalid(vec![
                fault.with("min", "1").with("max", max.to_string()),
            ]))
        }
    }
}

/// An id of a path, read as strictly as one of a body.
pub fn id<T: Decode>(text: &str) -> Result<T, Problem> {
    let mut faults = Faults::default();
    let read = T::decode(
        &serde_json::Value::String(text.to_owned()),
        &At::Query("id".to_owned()),
        &mut faults,
    );
    read.ok_or_else(|| Problem::invalid(faults.0))
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
    // `/workflows/check` before `/workflows/{hash}`: what is written out wins.
    paths.sort_by_key(|(path, _)| path.matches('{').count());
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
