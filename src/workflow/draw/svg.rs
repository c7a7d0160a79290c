//! The picture as SVG. layout-rs finds the places, this backend draws them with classes only: no style stands in the
//! picture, so it follows the page's theme and passes a strict content policy. A file of its own carries [`STYLE`].
//!
//! layout-rs reserves room for the words on an edge by counting characters; it is given stand-ins as wide as the real
//! words, which begin with the edge's number.

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use layout::core::base::Orientation;
use layout::core::color::Color;
use layout::core::format::{ClipHandle, RenderBackend};
use layout::core::geometry::{Point, Position};
use layout::core::style::{LineStyleKind, StyleAttr};
use layout::std_shapes::shapes::{Arrow, Element, LineEndKind, ShapeKind};
use layout::topo::layout::VisualGraph;

use super::graph::{Edge, Graph, Node, NodeKind};
use super::line::routed;
use super::room::{LINE, escaped, shortened, size, stand_in, to_f64, told, under, width, words};
use crate::texts::{Language, say};
use crate::workflow::definition::{CountsAs, Definition};
use crate::workflow::id::{StateId, WorkflowId};

/// How the picture is wanted.
#[derive(Clone, Debug)]
pub struct Look {
    /// Words on the edges; without them the picture is small.
    pub labels: bool,
    /// From left to right instead of from top to bottom.
    pub sideways: bool,
    /// A file of its own, with [`STYLE`] in it.
    pub standalone: bool,
    /// Where a ticket is.
    pub current: Option<StateId>,
    /// Where it was before.
    pub visited: Vec<StateId>,
    /// What other workflows are called, which this file does not say.
    pub titles: Vec<(WorkflowId, String)>,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            labels: true,
            sideways: false,
            standalone: false,
            current: None,
            visited: Vec::new(),
            titles: Vec::new(),
        }
    }
}

/// What a picture looks like outside a page. In a page the classes are styled by its own sheet.
pub const STYLE: &str = include_str!("diagram.css");

/// Nodes and edges beyond which nothing legible comes out.
const NODES_MAX: usize = 80;
const EDGES_MAX: usize = 300;

/// The SVG. Never fails: what cannot be drawn is a picture that says so.
pub fn svg(definition: &Definition, language: Language, look: &Look) -> String {
    let mut graph = Graph::new(definition, language);
    graph.call(&look.titles, language);
    let label = say(language, "draw-label", &[("title", (&graph.title).into())]);
    let fits = graph.nodes.len() <= NODES_MAX && graph.edges.len() <= EDGES_MAX;
    // layout-rs asserts its own invariants; a picture is not worth a page.
    let canvas = fits
        .then(|| catch_unwind(AssertUnwindSafe(|| draw(&graph, language, look))).ok())
        .flatten();
    if let Some(canvas) = canvas {
        return canvas.finish(&label, look);
    }
    let sentence = escaped(&say(language, "draw-too-large", &[]));
    format!(
        "<svg class=\"sd\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 480 40\" width=\"480\" height=\"40\" \
         role=\"img\" aria-label=\"{sentence}\"><text class=\"sd-t\" x=\"240\" y=\"25\">{sentence}</text></svg>"
    )
}

fn draw<'a>(graph: &'a Graph, language: Language, look: &'a Look) -> Canvas<'a> {
    let plain = StyleAttr::new(Color::fast("black"), 1, None, 0, 15);
    let orientation = if look.sideways {
        Orientation::LeftToRight
    } else {
        Orientation::TopToBottom
    };
    let mut placing = VisualGraph::new(orientation);
    let mut handles = Vec::new();
    for (index, node) in graph.nodes.values().enumerate() {
        let size = size(node);
        let mut element = Element::create_with_properties(
            ShapeKind::new_box(""),
            plain.clone(),
            orientation,
            size,
            index.to_string(),
        );
        let room = Point::new(if look.labels { 36. } else { 22. }, if look.labels { 40. } else { 26. });
        element.pos = Position::new(Point::zero(), size, Point::zero(), room);
        handles.push(placing.add_node(element));
    }
    let mut edges: Vec<(usize, usize, &Edge)> = graph
        .edges
        .iter()
        .filter_map(|((from, to), edge)| Some((graph.nodes.get_index_of(from)?, graph.nodes.get_index_of(to)?, edge)))
        .collect();
    // Steps away from the start first: what comes later and would close a circle is drawn upwards.
    let order = order(graph, &edges);
    let place = |node: &usize| order.iter().position(|other| other == node);
    edges.sort_by_key(|(from, to, _)| (place(to) < place(from), place(from)));
    let mut canvas = Canvas::new(graph, language, look);
    for (index, (from, to, edge)) in edges.iter().enumerate() {
        let words = if look.labels { words(edge) } else { Vec::new() };
        let dashed = edge.steps.iter().all(|step| step.by_itself);
        let line = if dashed {
            LineStyleKind::Dashed
        } else {
            LineStyleKind::Normal
        };
        let mut arrow = Arrow::new(
            LineEndKind::None,
            LineEndKind::Arrow,
            line,
            &stand_in(index, &words),
            &plain,
            &None,
            &None,
        );
        arrow.properties = Some(index.to_string());
        if let (Some(from), Some(to)) = (handles.get(*from), handles.get(*to)) {
            placing.add_edge(arrow, *from, *to);
        }
        canvas.edges.push((edge, words));
    }
    if !handles.is_empty() {
        placing.do_it(false, false, false, &mut canvas);
    }
    canvas
}

/// Nodes as they are met on a walk from the start, nearest first; then what the start does not lead to.
fn order(graph: &Graph, edges: &[(usize, usize, &Edge)]) -> Vec<usize> {
    let start = graph.nodes.get_index_of(&graph.start).unwrap_or_default();
    let mut order: Vec<usize> = Vec::new();
    for root in std::iter::once(start).chain(0..graph.nodes.len()) {
        let mut met = order.len();
        if !order.contains(&root) {
            order.push(root);
        }
        while let Some(node) = order.get(met).copied() {
            for (_, to, _) in edges.iter().filter(|(from, ..)| *from == node) {
                if !order.contains(to) {
                    order.push(*to);
                }
            }
            met += 1;
        }
    }
    order
}

struct Canvas<'a> {
    graph: &'a Graph,
    language: Language,
    look: &'a Look,
    /// Edges by number, with their words.
    edges: Vec<(&'a Edge, Vec<String>)>,
    nodes: String,
    lines: String,
    labels: String,
    /// Boxes of the nodes: corner and size.
    boxes: Vec<(Point, Point)>,
    least: Point,
    most: Point,
}

impl<'a> Canvas<'a> {
    fn new(graph: &'a Graph, language: Language, look: &'a Look) -> Self {
        Self {
            graph,
            language,
            look,
            edges: Vec::new(),
            nodes: String::new(),
            lines: String::new(),
            labels: String::new(),
            boxes: Vec::new(),
            least: Point::splat(f64::MAX),
            most: Point::splat(f64::MIN),
        }
    }

    fn grow(&mut self, at: Point) {
        self.least = Point::new(self.least.x.min(at.x), self.least.y.min(at.y));
        self.most = Point::new(self.most.x.max(at.x), self.most.y.max(at.y));
    }

    /// Classes of a node: what it is, and where the ticket stands.
    fn classes(&self, key: &str, node: &Node) -> String {
        let mut classes = String::from(match node.kind {
            NodeKind::State => "sd-n",
            NodeKind::Pause => "sd-n is-pause",
            NodeKind::Anytime | NodeKind::AfterClose => "sd-n is-apart",
            NodeKind::Outcome(CountsAs::Satisfied) => "sd-n is-final is-satisfied",
            NodeKind::Outcome(CountsAs::Dissatisfied) => "sd-n is-final is-dissatisfied",
            NodeKind::Outcome(CountsAs::Unknown | CountsAs::Withdrawn | CountsAs::NotCounted) => "sd-n is-final",
            NodeKind::Workflow => "sd-n is-final is-other",
            NodeKind::Unknown => "sd-n is-bad",
        });
        if key == self.graph.start {
            classes.push_str(" is-start");
        }
        if self.look.current.as_ref().is_some_and(|state| state.as_str() == key) {
            classes.push_str(" is-now");
        } else if self.look.visited.iter().any(|state| state.as_str() == key) {
            classes.push_str(" is-past");
        }
        classes
    }

    fn node(&mut self, index: usize, at: Point, size: Point) -> std::fmt::Result {
        let Some((key, node)) = self.graph.nodes.get_index(index) else {
            return Ok(());
        };
        let (middle, centre) = (at.x + size.x / 2., at.y + size.y / 2.);
        let state = match node.kind {
            NodeKind::State | NodeKind::Pause | NodeKind::Unknown => format!(" data-state=\"{}\"", escaped(key)),
            NodeKind::Anytime | NodeKind::AfterClose | NodeKind::Outcome(_) | NodeKind::Workflow => String::new(),
        };
        let classes = self.classes(key, node);
        let out = &mut self.nodes;
        write!(out, "<g class=\"{classes}\"{state}>")?;
        if !node.lines.is_empty() {
            write!(out, "<title>{}</title>", escaped(&node.lines.join("\n")))?;
        }
        write!(
            out,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"9\"/>",
            at.x, at.y, size.x, size.y
        )?;
        let under = under(node);
        let title = escaped(&shortened(&node.title));
        let lift = if under.is_empty() { -5. } else { 3. };
        write!(
            out,
            "<text class=\"sd-t\" x=\"{middle:.1}\" y=\"{:.1}\">{title}</text>",
            centre - lift
        )?;
        if !under.is_empty() {
            let under = escaped(&under);
            write!(
                out,
                "<text class=\"sd-s\" x=\"{middle:.1}\" y=\"{:.1}\">{under}</text>",
                centre + 15.
            )?;
        }
        out.push_str("</g>");
        Ok(())
    }

    fn label(&mut self, index: usize, at: Point) -> std::fmt::Result {
        let Some((edge, words)) = self.edges.get(index) else {
            return Ok(());
        };
        let wide = words.iter().map(|line| width(line, 12.)).fold(0., f64::max) + 8.;
        let high = LINE * to_f64(words.len()) + 2.;
        let left = at.x - wide / 2.;
        let top = self.free(left, at.y - high / 2., wide, high);
        let out = &mut self.labels;
        write!(
            out,
            "<g class=\"sd-l\"><title>{}</title>",
            escaped(&told(edge, self.language))
        )?;
        write!(
            out,
            "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{wide:.1}\" height=\"{high:.1}\" rx=\"4\"/>"
        )?;
        let mut line_at = top + 13.;
        for line in words {
            let class = if line.starts_with('[') { " class=\"sd-c\"" } else { "" };
            write!(
                out,
                "<text{class} x=\"{:.1}\" y=\"{line_at:.1}\">{}</text>",
                at.x,
                escaped(line)
            )?;
            line_at += LINE;
        }
        out.push_str("</g>");
        self.grow(Point::new(left, top));
        self.grow(Point::new(left + wide, top + high));
        Ok(())
    }

    /// Where words are moved up or down to, so that they do not lie on a node.
    fn free(&self, left: f64, top: f64, wide: f64, high: f64) -> f64 {
        let on = self
            .boxes
            .iter()
            .find(|(at, size)| left < at.x + size.x && at.x < left + wide && top < at.y + size.y && at.y < top + high);
        match on {
            None => top,
            Some((at, size)) if top + high / 2. < at.y + size.y / 2. => at.y - high - 1.,
            Some((at, size)) => at.y + size.y + 1.,
        }
    }

    fn path(&mut self, points: &[(Point, Point)], dashed: bool, heads: (bool, bool)) -> std::fmt::Result {
        let mut points = points.to_vec();
        routed(&mut points, &self.boxes, self.look.sideways);
        let [(start, leave), (second, arrive), rest @ ..] = points.as_slice() else {
            return Ok(());
        };
        let dashes = if dashed { " is-dashed" } else { "" };
        let out = &mut self.lines;
        write!(
            out,
            "<path class=\"sd-e{dashes}\" d=\"M{:.1} {:.1} C{:.1} {:.1}, {:.1} {:.1}, {:.1} {:.1}",
            start.x, start.y, leave.x, leave.y, second.x, second.y, arrive.x, arrive.y
        )?;
        for (control, to) in rest {
            write!(out, " S{:.1} {:.1}, {:.1} {:.1}", control.x, control.y, to.x, to.y)?;
        }
        let head = |there: bool, name: &str| {
            if there {
                format!(" marker-{name}=\"url(#sd-a)\"")
            } else {
                String::new()
            }
        };
        write!(out, "\"{}{}/>", head(heads.0, "start"), head(heads.1, "end"))?;
        for (one, other) in &points {
            self.grow(*one);
            self.grow(*other);
        }
        Ok(())
    }

    fn finish(self, label: &str, look: &Look) -> String {
        let (left, top) = (self.least.x.min(self.most.x) - 12., self.least.y.min(self.most.y) - 12.);
        let (wide, high) = ((self.most.x - left + 12.).max(24.), (self.most.y - top + 12.).max(24.));
        let style = if look.standalone {
            format!("<style>{STYLE}</style>")
        } else {
            String::new()
        };
        format!(
            "<svg class=\"sd\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{left:.0} {top:.0} {wide:.0} {high:.0}\" \
             width=\"{wide:.0}\" height=\"{high:.0}\" role=\"img\" aria-label=\"{}\">{style}<defs><marker id=\"sd-a\" \
             viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" markerHeight=\"7\" \
             orient=\"auto-start-reverse\"><path class=\"sd-ah\" d=\"M0 0.8 L9.4 5 L0 9.2 z\"/></marker></defs>{}{}{}</svg>",
            escaped(label),
            self.lines,
            self.nodes,
            self.labels
        )
    }
}

// Writing to a text cannot fail: the results are of no interest.
impl RenderBackend for Canvas<'_> {
    fn draw_rect(
        &mut self,
        at: Point,
        size: Point,
        _look: &StyleAttr,
        properties: Option<String>,
        _clip: Option<ClipHandle>,
    ) {
        self.grow(at);
        self.grow(at.add(size));
        if let Some(index) = properties.and_then(|index| index.parse().ok()) {
            self.boxes.push((at, size));
            let _ = self.node(index, at, size);
        }
    }

    fn draw_line(&mut self, _start: Point, _stop: Point, _look: &StyleAttr, _properties: Option<String>) {}

    fn draw_circle(&mut self, _at: Point, _size: Point, _look: &StyleAttr, _properties: Option<String>) {}

    fn draw_text(&mut self, at: Point, text: &str, _look: &StyleAttr) {
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        if let Ok(index) = digits.parse() {
            let _ = self.label(index, at);
        }
    }

    fn draw_arrow(
        &mut self,
        path: &[(Point, Point)],
        dashed: bool,
        head: (bool, bool),
        _look: &StyleAttr,
        _properties: Option<String>,
        _text: &str,
    ) {
        let _ = self.path(path, dashed, head);
    }

    fn create_clip(&mut self, _at: Point, _size: Point, _rounded: usize) -> ClipHandle {
        0
    }
}
