//! The console: pages for people, rendered here, embedded whole, without a request to anywhere else.
//!
//! A page is a module here, a template in `templates/console`, its words in `templates/texts/*/console*.ftl`, a line in
//! [`PAGES`], and where people should find it one in [`shell::NAV`]. Its handler asks the desk what the API asks, with
//! a [`visitor::Visitor`] in place of a token; it decides nothing. What changes something takes [`visitor::Posted`],
//! which no foreign page can make.

mod acknowledge;
mod action;
mod answer;
mod assets;
mod board;
mod board_duty;
mod bulk;
mod calendars;
mod call;
mod callbacks;
mod caller_code;
mod canned;
mod clocks;
mod cookie;
mod desk;
mod desk_aside;
mod desk_send;
mod duty;
mod duty_rules;
mod entry;
mod entry_fields;
mod entry_save;
mod export;
mod fields;
mod files;
mod follow;
mod form;
mod gaps;
mod handover;
mod house;
mod import;
mod inbox;
mod list_tabs;
mod list_views;
mod listing;
pub mod live;
mod look;
mod marked;
mod me;
mod now;
mod organisation;
mod palette;
mod people;
mod person_access;
mod person_links;
mod qr;
mod ranks;
mod reached;
mod reports;
mod rights;
mod roles;
mod roster;
mod second;
mod setup;
mod shell;
mod sign_in;
mod sign_in_again;
mod templates;
mod ticket;
mod ticket_facts;
mod ticket_more;
mod tickets;
mod timeline;
mod tracks;
pub mod trouble;
mod visitor;
mod welcome;
mod words;
mod workflow;
mod workflow_check;
mod workflow_file;
mod workflow_words;
mod workflows;

use actix_web::Route;
use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig};

pub use answer::Said;
pub use look::is_for_people;
pub use welcome::welcome_link;

/// A route of the console.
pub struct Page {
    pub method: Method,
    pub path: &'static str,
    pub route: fn() -> Route,
    pub needs: Needs,
}

/// Who may ask for a page at all; what they may see on it is the desk's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Signing in itself, and what a page is made of.
    Nothing,
    Session,
}

macro_rules! pages {
    ($($method:ident $path:literal $needs:ident $room:ident::$handler:ident;)*) => {
        /// Every route of the console.
        pub const PAGES: &[Page] = &[$(Page {
            method: Method::$method,
            path: $path,
            route: || web::route().to($room::$handler),
            needs: Needs::$needs,
        },)*];
    };
}

pages! {
    GET "/assets/{name}" Nothing assets::asset;
    GET "/sign-in" Nothing sign_in::page;
    POST "/sign-in" Nothing sign_in::sign_in;
    POST "/sign-in/code" Nothing sign_in::code;
    POST "/sign-in/again" Nothing sign_in_again::sign_in;
    POST "/sign-out" Session sign_in::sign_out;
    GET "/welcome" Nothing welcome::page;
    POST "/welcome" Nothing welcome::accept;
    GET "/acknowledge/{token}" Nothing acknowledge::page;
    POST "/acknowledge/{token}" Nothing acknowledge::acknowledge;
    GET "/follow" Nothing follow::page;
    POST "/follow" Nothing follow::follow;
    POST "/follow/leave" Nothing follow::leave;
    GET "/setup" Session setup::page;
    POST "/setup/{step}" Session setup::save;
    GET "/" Session shell::home;
    GET "/events" Session live::events;
    GET "/palette" Session palette::found;
    GET "/board" Session board::page;
    GET "/board/wall" Session board::wall;
    GET "/callbacks" Session callbacks::page;
    GET "/canned" Session canned::page;
    POST "/canned" Session canned::save;
    GET "/canned/list" Session canned::list;
    GET "/desk" Session desk::page;
    POST "/desk" Session desk_send::send;
    POST "/desk/form" Session desk::form;
    POST "/desk/aside" Session desk_aside::aside;
    POST "/drafts" Session desk::keep;
    POST "/drafts/drop" Session desk::drop;
    GET "/inbox" Session inbox::page;
    POST "/inbox/read" Session inbox::read;
    GET "/now" Session now::part;
    POST "/now/acknowledge" Session now::acknowledge;
    GET "/me" Session me::page;
    POST "/me/password" Session me::change_password;
    POST "/me/sessions/end" Session me::end_session;
    GET "/me/second" Session second::page;
    POST "/me/second/begin" Session second::begin;
    POST "/me/second/confirm" Session second::confirm;
    POST "/me/second/codes" Session second::renew;
    POST "/me/second/end" Session second::end;
    GET "/reports" Session reports::page;
    GET "/reports/tickets" Session reports::behind;
    GET "/reports/sheet.csv" Session reports::csv;
    GET "/reports/sheet.xlsx" Session reports::xlsx;
    PUT "/files/{id}" Session files::upload;
    DELETE "/files/{id}" Session files::drop;
    GET "/tickets/{number}/files/{attachment}" Session files::content;
    GET "/tickets" Session tickets::page;
    GET "/tickets/side" Session list_tabs::side;
    GET "/tickets/tabs" Session list_tabs::counted;
    GET "/tickets/export.csv" Session export::csv;
    GET "/tickets/export.xlsx" Session export::xlsx;
    POST "/tickets/bulk" Session bulk::choose;
    POST "/tickets/bulk/{action}" Session bulk::act;
    POST "/tickets/bulk/{action}/form" Session bulk::form;
    POST "/tickets/views" Session list_views::save;
    GET "/tickets/{number}" Session ticket::page;
    POST "/tickets/{number}/news" Session ticket::news;
    GET "/tickets/{number}/caller" Session ticket_more::of_caller;
    GET "/tickets/{number}/position" Session ticket_more::position;
    GET "/tickets/{number}/print" Session ticket_more::print;
    POST "/tickets/{number}/caller-code" Session caller_code::issue;
    GET "/tickets/{number}/actions/{action}" Session action::page;
    POST "/tickets/{number}/actions/{action}" Session action::act;
    GET "/duty" Session duty::page;
    POST "/duty/sign" Session duty::sign;
    POST "/duty/handover" Session handover::write;
    POST "/duty/handover/{id}/read" Session handover::read;
    GET "/duty/roster" Session roster::page;
    GET "/organisation" Session organisation::page;
    GET "/organisation/people" Session people::page;
    GET "/organisation/calendars" Session calendars::page;
    GET "/organisation/roles" Session roles::page;
    GET "/organisation/rights" Session rights::page;
    POST "/organisation/rights" Session rights::save;
    GET "/organisation/duty-rules" Session duty_rules::page;
    POST "/organisation/duty-rules" Session duty_rules::save;
    GET "/organisation/import" Session import::page;
    POST "/organisation/import" Session import::take;
    GET "/organisation/people/{key}/sign-in" Session person_access::page;
    POST "/organisation/people/{key}/sign-in" Session person_access::change;
    GET "/organisation/{kind}/{key}" Session entry::page;
    POST "/organisation/{kind}/{key}" Session entry_save::save;
    GET "/workflows" Session workflows::page;
    GET "/workflows/check" Session workflow_check::page;
    POST "/workflows/check" Session workflow_check::check;
    GET "/workflows/{hash}" Session workflow::page;
    GET "/workflows/{hash}/file" Session workflow_file::page;
}

/// Registers every page.
pub fn routes(app: &mut ServiceConfig) {
    let mut paths: Vec<&'static str> = PAGES.iter().map(|page| page.path).collect();
    // What is written out wins over a place for anything.
    paths.sort_by_key(|path| path.matches('{').count());
    paths.dedup();
    for path in paths {
        let mut resource = web::resource(path);
        for page in PAGES.iter().filter(|page| page.path == path) {
            resource = resource.route((page.route)().method(page.method.clone()));
        }
        app.service(resource);
    }
}
