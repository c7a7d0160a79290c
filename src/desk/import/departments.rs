//! `departments.csv`: the tree of departments.

use std::collections::HashMap;

use indexmap::IndexMap;
use jiff::tz::TimeZone;

use super::cells::{VALID_FROM, VALID_TO, each_row};
use super::fault::{Fault, What};
use super::table::{self, Column};
use crate::workflow::definition::Text;
use crate::workflow::directory::{Department, Directory};
use crate::workflow::id::DepartmentId;
use crate::workflow::nearest::nearest;

/// Levels a tree of departments may have; deeper is a circle or a mistake.
const DEPTH_MAX: usize = 32;

const COLUMNS: &[Column] = &[
    Column::required("id", &["编号", "部门编号", "department"]),
    Column::required("zh", &["名称", "部门名称", "部门", "name"]),
    Column::optional("en", &["英文名称", "英文"]),
    Column::optional("parent", &["上级", "上级部门"]),
    VALID_FROM,
    VALID_TO,
];

/// Reads the file against the directory as it is; new ones and changed ones, in the order of the file.
pub fn read(bytes: &[u8], directory: &Directory, zone: &TimeZone) -> Result<Vec<Department>, Vec<Fault>> {
    let table = table::read(bytes, COLUMNS)?;
    let mut found: IndexMap<DepartmentId, (u64, Department)> = IndexMap::new();
    let mut faults = each_row(&table, zone, |cells| {
        let (id, zh) = (cells.id("id"), cells.name("zh"));
        let en = cells.name_if_given("en");
        let parent = cells.id_if_given("parent").map(DepartmentId::new);
        let valid = cells.validity();
        let (Some(id), Some(zh)) = (id, zh) else { return };
        let id = DepartmentId::new(id);
        if let Some((first, _)) = found.get(&id) {
            let what = What::Twice {
                value: id.to_string(),
                first: *first,
            };
            cells.fault("id", what);
            return;
        }
        let en = en.unwrap_or_else(|| zh.clone());
        let department = Department {
            id: id.clone(),
            title: Text { zh, en },
            parent,
            valid,
        };
        found.insert(id, (cells.row.line, department));
    });
    for row in &table.rows {
        if let Some(parent) = row.given("parent") {
            let known = found.contains_key(parent) || directory.departments.contains_key(parent);
            if !known {
                let names = found
                    .keys()
                    .chain(directory.departments.keys())
                    .map(DepartmentId::as_str);
                let nearest = nearest(parent, names);
                faults.push(row.fault(
                    "parent",
                    What::Unknown {
                        kind: "department",
                        value: parent.to_owned(),
                        nearest,
                    },
                ));
            }
        }
    }
    let parents: HashMap<&DepartmentId, Option<&DepartmentId>> = directory
        .departments
        .values()
        .chain(found.values().map(|(_, department)| department))
        .map(|department| (&department.id, department.parent.as_ref()))
        .collect();
    for row in &table.rows {
        if row
            .given("id")
            .is_some_and(|id| !ends(&DepartmentId::from(id), &parents))
        {
            faults.push(row.fault(
                "parent",
                What::Circle {
                    value: row.text("id").to_owned(),
                },
            ));
        }
    }
    faults.sort_by_key(|fault| fault.line);
    if faults.is_empty() {
        Ok(found.into_values().map(|(_, department)| department).collect())
    } else {
        Err(faults)
    }
}

/// True when going up from `id` reaches a root.
fn ends(id: &DepartmentId, parents: &HashMap<&DepartmentId, Option<&DepartmentId>>) -> bool {
    let mut at = id;
    for _ in 0..DEPTH_MAX {
        match parents.get(at).copied().flatten() {
            None => return true,
            Some(parent) => at = parent,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Vec<Department>, Vec<(u64, &'static str)>> {
        read(text.as_bytes(), &Directory::default(), &TimeZone::UTC)
            .map_err(|faults| faults.iter().map(|fault| (fault.line, fault.what.code())).collect())
    }

    #[test]
    fn a_tree_is_read_in_either_language() {
        let zh = read_text("部门编号,部门名称,上级部门,失效日期\nsouth,南区,grid,2026-12-31\ngrid,电网部,,\n").unwrap();
        let en = read_text("id,zh,parent,valid_to\nsouth,南区,grid,2026-12-31\ngrid,电网部,,\n").unwrap();
        assert_eq!(zh, en);
        assert_eq!(en[0].parent.as_ref().unwrap().as_str(), "grid");
        assert_eq!(en[0].valid.to.unwrap().rfc3339(), "2027-01-01T00:00:00.000Z");
    }

    #[test]
    fn every_line_that_is_wrong_is_reported() {
        let faults = read_text(concat!(
            "id,zh,parent\n",
            "Finance,财务部,\n",
            ",财务部,\n",
            "a,A,b\n",
            "b,B,a\n",
            "c,C,nowhere\n",
            "d,D,\n",
            "d,E,\n",
            "e,,\n"
        ))
        .unwrap_err();
        assert_eq!(
            faults,
            [
                (2, "id"),
                (3, "empty"),
                (4, "circle"),
                (5, "circle"),
                (6, "unknown"),
                (8, "twice"),
                (9, "empty")
            ]
        );
    }
}
