"""Tasks that change hands, copies and questions, and the hand-over of a leaver: their pages."""
