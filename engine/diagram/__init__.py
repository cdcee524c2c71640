"""BPMN files in and out: safe reading, our own elements, expressions, lint rules, drawing."""
